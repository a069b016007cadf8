/** Writes one value, without a line break at its end unless it has several lines. */
type Dump = (value: unknown) => string;

/**
 * Writes YAML in block style, byte for byte as `dump` does, which is asked for every key and text only once: most of an
 * output are the same few words over and over, and finding out which of them need quotes takes most of the time.
 */
export class BlockYaml {
  private readonly keys = new Map<string, string>();
  private readonly texts = new Map<string, string>();

  /** @param isPlain whether `dump` writes a key or text as it is, where that is known without asking */
  constructor(
    private readonly dump: Dump,
    private readonly isPlain: (text: string) => boolean,
  ) {}

  write(value: unknown): string {
    if (!isMapping(value) || Object.keys(value).length === 0) return this.dump(value);
    try {
      return this.mapping(value, '');
    } catch (error) {
      if (error === keyOnItsOwn) return this.dump(value);
      throw error;
    }
  }

  /** `indent` is what stands before a key, on every line but the first. */
  private mapping(value: Readonly<Record<string, unknown>>, indent: string): string {
    let text = '';
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      text += `${text === '' ? '' : indent}${this.key(key)}:${this.node(item, indent)}`;
    }
    return text;
  }

  /** What follows a colon, to the end of its last line. */
  private node(value: unknown, indent: string): string {
    const inner = `${indent}  `;
    if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${inner}${this.sequence(value, inner)}`;
    if (!isMapping(value)) return ` ${this.scalar(value, indent)}`;
    const text = this.mapping(value, inner);
    return text === '' ? ' {}\n' : `\n${inner}${text}`;
  }

  private sequence(items: readonly unknown[], indent: string): string {
    const inner = `${indent}  `;
    const texts = items.map((item) => {
      if (Array.isArray(item)) return item.length === 0 ? '[]\n' : this.sequence(item, inner);
      return isMapping(item) ? this.mapping(item, inner) || '{}\n' : this.scalar(item, indent);
    });
    return texts.map((text) => `- ${text}`).join(indent);
  }

  private key(key: string): string {
    return remembered(this.keys, key, () => {
      if (this.isPlain(key)) return key;
      const text = this.dump({ [key]: 0 });
      if (text.startsWith('? ')) throw keyOnItsOwn;
      return text.slice(0, -': 0\n'.length);
    });
  }

  private scalar(value: unknown, indent: string): string {
    if (typeof value !== 'string') return this.dump(value ?? null);
    // As the value of a key, for lines in a block are indented from there on.
    const text = remembered(this.texts, value, () =>
      this.isPlain(value) ? `${value}\n` : this.dump({ a: value }).slice('a: '.length),
    );
    return indent === '' || !value.includes('\n') ? text : text.replace(/\n(?=[^\n])/g, `\n${indent}`);
  }
}

/** Very long keys have lines of their own, with the value below: not worth doing twice. */
const keyOnItsOwn = new Error('a key of more than 1,024 characters');

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function remembered(known: Map<string, string>, text: string, make: () => string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = make();
  known.set(text, made);
  return made;
}
