import { colors, errorColors } from './colors';

// The way of all text to a terminal. Much of it comes from outside: answers of API servers and webhooks, names of files and
// charts, registries, values of configs. Some characters would move the cursor, rename the window or reorder what is read.

/** Control characters but tab and line break; and characters that hide others, or change their direction or line. */
const unprintable = /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The colours of picocolors that the commands use. */
const colour = /(\x1b\[(?:1|2|22|31|32|33|36|39)m)/;

/**
 * A text with each character that no terminal prints as its code, such as `\u001b`, which is as valid inside JSON.
 *
 * @param coloured whether the commands' own colours may be in it @default no
 */
export function printable(text: string, coloured = false): string {
  if (coloured)
    return text
      .split(colour)
      .map((part) => (colour.test(part) ? part : printable(part)))
      .join('');
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Prints lines for the user, or the result of a command. */
export const print = (text: string): void => {
  console.log(printable(text, colors.isColorSupported));
};

/** Prints what went wrong. */
export const printError = (text: string): void => {
  console.error(printable(text, errorColors.isColorSupported));
};
