import { callsOf, readTemplate, wouldShow, type Call, type Place, type TemplateText } from './template-calls';

/** The templates of a chart with those of its subcharts, as a graph of who calls whom. */
export class Templates {
  /** Name → the texts that define it: of several all count, for which of them Helm takes depends on where they are. */
  private readonly defining = new Map<string, Set<string>>();

  /** @param contents path → content of everything in the chart; throws if not all of it can be looked into */
  constructor(private readonly contents: ReadonlyMap<string, string>) {
    for (const [path, text] of contents) {
      if (/\.t(ar\.)?gz$/.test(path)) throw new Error(`${path}: an archive in an archive`);
      for (const [, name = ''] of text.matchAll(/\{\{-?\s*(?:define|block)\s+"([^"]*)"/g)) {
        this.defining.set(name, (this.defining.get(name) ?? new Set()).add(text));
      }
    }
  }

  /**
   * Whether what helm made of the chart could have come out differently. False only if no call of a changing function
   * can have had a part in it: none is in reach of a template that gave objects, nor, in one that gave none, from a
   * place that would have written one, nor from what fills a variable that is looked at in such places only.
   *
   * @param rendering what helm printed
   * @param values the texts in the values that helm was given
   */
  mayChange(rendering: string, values: readonly string[]): boolean {
    const sources = new Set([...rendering.matchAll(/\n# Source: (.+)/g)].map(([, path = '']) => path));
    if ([...sources].some((path) => !this.contents.has(path))) return true; // A subchart under another name.
    const inside = { sources, values };
    const calls = this.paths(isCarriedOut).flatMap((path) => this.callsAt(path, inside));
    return this.reach(calls, 'changing', inside);
  }

  /** Whether calls lead to another one. */
  private reach(calls: readonly Call[], goal: Call, inside: Rendering): boolean {
    const waiting = [...calls];
    const reached = new Set<string>();
    for (let call = waiting.pop(); call !== undefined; call = waiting.pop()) {
      if (call === goal) return true;
      const key = typeof call === 'string' ? call : JSON.stringify(call);
      if (reached.has(key)) continue;
      reached.add(key);
      waiting.push(...this.behind(call, inside));
    }
    return false;
  }

  private behind(call: Call, inside: Rendering): readonly Call[] {
    if (call === 'changing' || call === 'writing') return [];
    if (call === 'values')
      return [...this.paths(isValues).map((path) => this.text(path)), ...inside.values].flatMap(callsOf);
    if (call === 'files') {
      return this.paths((path) => !isTemplate(path) && !isValues(path)).flatMap((path) => callsOf(this.text(path)));
    }
    if ('filling' in call) return this.reach(call.filling, 'writing', inside) ? call.filling : [];
    if ('definition' in call) {
      const places = [...(this.defining.get(call.definition) ?? [])].map((text) =>
        reading(text).definitions.get(call.definition),
      );
      return places.length === 0 ? ['changing'] : places.flatMap(callsIn);
    }
    const named = this.paths((path) => path.endsWith(`/templates${call.template}`));
    if (named.length === 0) return ['changing'];
    return named.flatMap((path) =>
      call.asByHelm && isCarriedOut(path) ? this.callsAt(path, inside) : callsIn(reading(this.text(path)).places),
    );
  }

  /** What can have been carried out of a template that helm calls, going by whether it gave an object. */
  private callsAt(path: string, { sources }: Rendering): Call[] {
    const text = this.text(path);
    const { places } = reading(text);
    // Helm leaves out tests that were written.
    const gaveObjects = sources.has(path) || text.includes('helm.sh/hook');
    return callsIn(gaveObjects ? places : places.filter(({ body }) => !wouldShow(body)));
  }

  private paths(matches: (path: string) => boolean): string[] {
    return [...this.contents.keys()].filter(matches);
  }

  private text(path: string): string {
    return this.contents.get(path) ?? '';
  }
}

/** Only what is asked for is read, and only once: charts and their subcharts bring the same texts again and again. */
const alreadyRead = new Map<string, TemplateText>();

function reading(text: string): TemplateText {
  const known = alreadyRead.get(text) ?? readTemplate(text);
  alreadyRead.set(text, known);
  return known;
}

/** What helm printed, and what it was given. */
interface Rendering {
  /** Paths of the templates that gave objects. */
  readonly sources: ReadonlySet<string>;
  readonly values: readonly string[];
}

const callsIn = (places: readonly Place[] = []): Call[] => places.map(({ call }) => call);

const isTemplate = (path: string): boolean => /\/templates\//.test(path);
/** Helm only reads those of the others that are included. */
const isCarriedOut = (path: string): boolean => isTemplate(path) && !/\/_[^/]*$/.test(path);
const isValues = (path: string): boolean => /\/(values|Chart)\.yaml$/.test(path);
