/** What a piece of a template calls, as far as it says so itself. */
export type Call =
  /** A function that gives another answer each time, or something that cannot be told from the text. */
  | 'changing'
  /** A function that changes a map that others may see, such as `.Values`. */
  | 'writing'
  /** `tpl`: whatever the values say. */
  | 'values'
  /** `.Files`: whatever the other files of the chart say. */
  | 'files'
  | { readonly definition: string }
  /** The path of a template below a folder `templates`, and whether it is given the same as when helm calls it. */
  | { readonly template: string; readonly asByHelm: boolean }
  /** What only fills a variable: it counts where the variable does, and everywhere if it changes a map. */
  | { readonly filling: readonly Call[] };

/** What stands between two of `if`, `else`, `define`, `end` …, or a whole text. */
export interface Body {
  readonly outer: Body | undefined;
  /** Where its calls go: to the text, or to the definition that it is a part of. */
  readonly places: Place[];
  /** Words that mean what the whole template was given. */
  readonly given: readonly string[];
  /** Whether it writes the first lines of an object, and so something if it writes at all. */
  writesObject: boolean;
}

export interface Place {
  readonly call: Call;
  readonly body: Body;
}

/** The calls in a text outside of its definitions, and those in each definition. */
export interface TemplateText {
  readonly places: readonly Place[];
  readonly definitions: ReadonlyMap<string, readonly Place[]>;
}

// Random functions and clocks (Masterminds/sprig v3, functions.go), and the keys and values of a map, which come in any
// order. Functions of dates take what is no date for now.
const changing =
  'rand[A-Z]\\w*|gen[A-Z]\\w+|uuidv4|now|ago|date|date_?[iI]n_?[zZ]one|htmlDate\\w*|durationRound|htpasswd|bcrypt|encryptAES|' +
  'shuffle|keys|values|getHostByName';
// Those that change their first argument (Masterminds/sprig v3, dict.go).
const writing = 'set|unset|(?:mustM|m)erge(?:Overwrite)?';

// text/template/parse/lex.go: an action ends where its quotes are closed.
const quoted = '"(?:[^"\\\\]|\\\\.)*"|`[^`]*`|\'(?:[^\'\\\\]|\\\\.)*\'';
const action = new RegExp(`\\{\\{-?\\s*(?:/\\*.*?\\*/\\s*-?\\}\\}|((?:${quoted}|[^"\`'}]|\\}(?!\\}))*)\\}\\})`, 'gs');
const word = new RegExp(`${quoted}|[\\w.$]+|[()]`, 'gs');
const isChanging = new RegExp(`^(?:${changing})$`);
const isWriting = new RegExp(`^(?:${writing})$`);
/** `%p` prints an address in memory. */
const printsAddress = /^["'`].*%[-+# 0\d]*p/;
/** Most actions only write a value, and are not worth more than a look. */
const telling = new RegExp(`\\b(?:include|template|block|tpl|Files|${changing}|${writing})\\b|\\{\\{|%[^\\s"]*p`);

/** Reads a template, or a value that is one. What it cannot tell counts as changing. */
export function readTemplate(text: string): TemplateText {
  const places: Place[] = [];
  const definitions = new Map<string, Place[]>();
  const variables = new Variables();
  let body: Body = { outer: undefined, places, given: ['.', '$'], writesObject: false };
  let end = 0;
  const add = (call: Call): unknown => body.places.push({ call, body });
  const literal = (piece: string): void => {
    if (/^(apiVersion|kind):/m.test(piece)) body.writesObject = true;
    if (piece.includes('{{')) add('changing');
  };
  const open = (into: Place[], given: readonly string[]): void => {
    body = { outer: body, places: into, given, writesObject: false };
  };
  for (const { 0: whole, 1: content = '', index } of text.matchAll(action)) {
    literal(text.slice(end, index));
    end = index + whole.length;
    const [, keyword = '', name = ''] = /^\s*(\w*)\s*(?:"([^"]*)")?/.exec(content) ?? [];
    if (keyword === 'end' || keyword === 'else') body = body.outer ?? body;
    const words = telling.test(content) ? (content.match(word) ?? []) : [];
    const calls = [...callsIn(words, body.given), ...templatesIn(words).flatMap(callsOf)];
    const [, filled] = /^\s*\$(\w+)\s*:?=/.exec(content) ?? [];
    if (filled === undefined) {
      calls.forEach(add);
      variables.look(content, body);
    } else {
      variables.fill(filled, calls, content);
      if (calls.length > 0) add({ filling: calls });
    }
    if (keyword === 'if' || keyword === 'else') open(body.places, body.given);
    if (keyword === 'range' || keyword === 'with')
      open(
        body.places,
        body.given.filter((root) => root !== '.'),
      );
    if (keyword === 'define' || keyword === 'block') {
      const own = definitions.get(name) ?? [];
      definitions.set(name, own);
      open(own, []);
    }
  }
  literal(text.slice(end));
  variables.spread();
  return { places, definitions };
}

/** Every call in a text, definitions included. */
export function callsOf(text: string): Call[] {
  const { places, definitions } = readTemplate(text);
  return [places, ...definitions.values()].flat().map(({ call }) => call);
}

/** Whether something that was carried out here would have left an object. */
export const wouldShow = ({ writesObject, outer }: Body): boolean =>
  writesObject || (outer !== undefined && wouldShow(outer));

/** The variables of a text, by name: two of the same name in different places are taken for one. */
class Variables {
  private readonly calls = new Map<string, Set<Call>>();
  private readonly fillings: { readonly filled: string; readonly from: readonly string[] }[] = [];
  private readonly looks: { readonly name: string; readonly body: Body }[] = [];

  fill(filled: string, calls: readonly Call[], action: string): void {
    this.calls.set(filled, new Set([...(this.calls.get(filled) ?? []), ...calls]));
    this.fillings.push({ filled, from: variablesIn(action) });
  }

  look(action: string, body: Body): void {
    for (const name of variablesIn(action)) this.looks.push({ name, body });
  }

  /** Adds what fills a variable to every place that looks at it, also by way of other variables. */
  spread(): void {
    for (let grown = true; grown;) {
      grown = false;
      for (const { filled, from } of this.fillings) {
        const own = this.calls.get(filled);
        const before = own?.size;
        for (const name of from) this.calls.get(name)?.forEach((call) => own?.add(call));
        grown ||= own?.size !== before;
      }
    }
    for (const { name, body } of this.looks) {
      this.calls.get(name)?.forEach((call) => body.places.push({ call, body }));
    }
  }
}

const variablesIn = (action: string): string[] =>
  action.includes('$') ? [...action.matchAll(/\$(\w+)/g)].map(([, name = '']) => name) : [];

function callsIn(words: readonly string[], given: readonly string[]): Call[] {
  return words.flatMap((text, index): Call[] => {
    if (/(\.|^"|^`)Files\b/.test(text)) return ['files'];
    if (text === 'tpl') return ['values'];
    if (isChanging.test(text) || printsAddress.test(text)) return ['changing'];
    if (isWriting.test(text)) return ['writing'];
    if (!['include', 'template', 'block'].includes(text)) return [];
    const [next = '', print = '', base = '', path = '', , argument = ''] = words.slice(index + 1, index + 7);
    if (isQuoted(next)) return [{ definition: unquoted(next) }];
    const named = next === '(' && print === 'print' && base.endsWith('.Template.BasePath') && isQuoted(path);
    return [named ? { template: unquoted(path), asByHelm: given.includes(argument) } : 'changing'];
  });
}

/** Texts that are templates themselves, for `tpl`; `contains` only looks for one. */
const templatesIn = (words: readonly string[]): string[] =>
  words.filter((text, at) => text.includes('{{') && words[at - 1] !== 'contains').map(unquoted);

const isQuoted = (text: string): boolean => /^["'`]/.test(text);
const unquoted = (text: string): string => text.slice(1, -1);
