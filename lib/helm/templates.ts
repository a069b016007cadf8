/** What a piece of a chart calls, as far as it says so itself. */
type Call =
  /** A function that gives another answer each time, or something that cannot be told from the text. */
  | 'changing'
  /** `tpl`: whatever the values say. */
  | 'values'
  /** `.Files`: whatever the other files of the chart say. */
  | 'files'
  | { readonly definition: string }
  /** The path of a template below a folder `templates`. */
  | { readonly template: string };

/** What stands between two of `if`, `else`, `define`, `end` …, or a whole text. */
interface Body {
  readonly outer: Body | undefined;
  /** Where its calls go: to the text, or to the definition that it is a part of. */
  readonly places: Place[];
  /** Whether it writes the first lines of an object, and so something if it writes at all. */
  writesObject: boolean;
}

interface Place {
  readonly call: Call;
  readonly body: Body;
}

// Random functions and clocks (Masterminds/sprig v3, functions.go), and the keys and values of a map, which come in any
// order. Functions of dates take what is no date for now.
const changing =
  'rand[A-Z]\\w*|gen[A-Z]\\w+|uuidv4|now|ago|date|date_?[iI]n_?[zZ]one|htmlDate\\w*|durationRound|htpasswd|bcrypt|encryptAES|' +
  'shuffle|keys|values|getHostByName';

// text/template/parse/lex.go: an action ends where its quotes are closed.
const quoted = '"(?:[^"\\\\]|\\\\.)*"|`[^`]*`|\'(?:[^\'\\\\]|\\\\.)*\'';
const action = new RegExp(`\\{\\{-?\\s*(?:/\\*.*?\\*/\\s*-?\\}\\}|((?:${quoted}|[^"\`'}]|\\}(?!\\}))*)\\}\\})`, 'gs');
const word = new RegExp(`${quoted}|[\\w.$]+|[()]`, 'gs');
const changes = new RegExp(`^(?:${changing})$`);
/** Most actions only write a value, and are not worth more than a look. */
const telling = new RegExp(`\\b(?:include|template|block|tpl|Files|${changing})\\b|\\{\\{`);


/** The templates of a chart with those of its subcharts, as a graph of who calls whom. */
export class Templates {
  private readonly templates = new Map<string, readonly Place[]>();
  private readonly definitions = new Map<string, Place[]>();
  /** Subcharts bring the same templates again and again. */
  private readonly known = new Map<string, readonly Place[]>();

  /** @param contents path → content of everything in the chart; throws if not all of it can be looked into */
  constructor(private readonly contents: ReadonlyMap<string, string>) {
    for (const [path, text] of contents) {
      if (/\.t(ar\.)?gz$/.test(path)) throw new Error(`${path}: an archive in an archive`);
      if (isTemplate(path)) this.templates.set(path, this.read(text));
    }
  }

  /**
   * Whether what helm made of the chart could have come out differently. False only if no call of a changing function
   * can have been carried out: none is in reach of a template that gave objects, nor, in one that gave none, from a
   * place that would have written one.
   *
   * @param rendering what helm printed
   * @param values the texts in the values that helm was given
   */
  mayChange(rendering: string, values: readonly string[]): boolean {
    const sources = new Set([...rendering.matchAll(/\n# Source: (.+)/g)].map(([, path = '']) => path));
    if ([...sources].some((path) => !this.contents.has(path))) return true; // A subchart under another name.
    const waiting = [...this.templates].flatMap(([path, places]) => {
      if (/\/_[^/]*$/.test(path)) return []; // Helm only reads these.
      // Helm leaves out tests that were written.
      if (sources.has(path) || this.contents.get(path)?.includes('helm.sh/hook') === true) return places;
      return places.filter(({ body }) => !wouldShow(body));
    });
    const reached = new Set<string>();
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const key = JSON.stringify(place.call);
      if (reached.has(key)) continue;
      reached.add(key);
      const next = this.behind(place.call, values);
      if (next === undefined) return true;
      waiting.push(...next);
    }
    return false;
  }

  /** What a call leads to; undefined if it changes, or leads to what nobody knows. */
  private behind(call: Call, values: readonly string[]): readonly Place[] | undefined {
    if (call === 'changing') return undefined;
    if (call === 'values') return [...this.textsAt(isValues), ...values].flatMap((text) => this.read(text));
    if (call === 'files') {
      return this.textsAt((path) => !isTemplate(path) && !isValues(path)).flatMap((text) => this.read(text));
    }
    if ('definition' in call) return this.definitions.get(call.definition);
    const named = [...this.templates].filter(([path]) => path.endsWith(`/templates${call.template}`));
    return named.length === 0 ? undefined : named.flatMap(([, places]) => places);
  }

  private textsAt(matches: (path: string) => boolean): string[] {
    return [...this.contents].filter(([path]) => matches(path)).map(([, text]) => text);
  }

  /** The calls in a text outside of its definitions, which are kept under their names. */
  private read(text: string): readonly Place[] {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const places: Place[] = [];
    this.known.set(text, places);
    let body = bodyIn(undefined, places);
    let end = 0;
    const add = (call: Call): unknown => body.places.push({ call, body });
    const literal = (piece: string): void => {
      if (/^(apiVersion|kind):/m.test(piece)) body.writesObject = true;
      if (piece.includes('{{')) add('changing');
    };
    for (const { 0: whole, 1: content = '', index } of text.matchAll(action)) {
      literal(text.slice(end, index));
      end = index + whole.length;
      const [, keyword = '', name = ''] = /^\s*(\w*)\s*(?:"([^"]*)")?/.exec(content) ?? [];
      if (keyword === 'end' || keyword === 'else') body = body.outer ?? body;
      if (telling.test(content)) {
        const words = content.match(word) ?? [];
        callsIn(words).forEach(add);
        for (const template of templatesIn(words)) this.read(template).forEach(({ call }) => add(call));
      }
      if (['if', 'range', 'with', 'else'].includes(keyword)) body = bodyIn(body, body.places);
      if (['define', 'block'].includes(keyword)) body = bodyIn(body, this.definition(name));
    }
    literal(text.slice(end));
    return places;
  }

  /** Of several of one name all count: which of them Helm takes depends on where they are. */
  private definition(name: string): Place[] {
    const places = this.definitions.get(name) ?? [];
    this.definitions.set(name, places);
    return places;
  }
}

const isTemplate = (path: string): boolean => /\/templates\//.test(path);
const isValues = (path: string): boolean => /\/(values|Chart)\.yaml$/.test(path);

const bodyIn = (outer: Body | undefined, places: Place[]): Body => ({ outer, places, writesObject: false });

/** Whether something that was carried out here would have left an object. */
const wouldShow = ({ writesObject, outer }: Body): boolean => writesObject || (outer !== undefined && wouldShow(outer));

function callsIn(words: readonly string[]): Call[] {
  return words.flatMap((word, index): Call[] => {
    if (/(\.|^"|^`)Files\b/.test(word)) return ['files'];
    if (word === 'tpl') return ['values'];
    if (changes.test(word)) return ['changing'];
    if (!['include', 'template', 'block'].includes(word)) return [];
    const [next = '', print = '', base = '', path = ''] = words.slice(index + 1, index + 5);
    if (isQuoted(next)) return [{ definition: unquoted(next) }];
    const named = next === '(' && print === 'print' && base.endsWith('.Template.BasePath') && isQuoted(path);
    return [named ? { template: unquoted(path) } : 'changing'];
  });
}

/** Texts that are templates themselves, for `tpl`; `contains` only looks for one. */
const templatesIn = (words: readonly string[]): string[] =>
  words.filter((word, at) => word.includes('{{') && words[at - 1] !== 'contains').map(unquoted);

const isQuoted = (word: string): boolean => /^["'`]/.test(word);
const unquoted = (word: string): string => word.slice(1, -1);
