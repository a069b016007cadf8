import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../kubernetes/yaml';
import { type ChartArchivePin, digestOfFile } from '../archive-store';
import { type HelmOptions, runHelm } from './download';

/** A chart and its repository. */
export interface ChartSource extends ChartArchivePin {
  /** `https://` folder with an index.yaml, or `oci://` registry and path without the chart's name. */
  readonly repository: string;
}

interface IndexEntry {
  readonly version?: unknown;
  readonly digest?: unknown;
}

/** A repository in helm's terms: its own settings, and its index unless it is an OCI registry. */
interface Repository {
  readonly home: string;
  readonly index?: Readonly<Record<string, readonly IndexEntry[] | undefined>>;
}

const alias = 'repository';

/**
 * Downloads charts. helm speaks both protocols, with proxies, redirects, tokens and, for OCI, digests. It does not
 * compare the digest in an index with the downloaded bytes (helm 4.2.3, pkg/downloader/chart_downloader.go), so we do.
 */
export class ChartRepositories {
  private readonly known = new Map<string, Promise<Repository>>();

  /** @param work folder for temporary downloads; the caller removes it */
  constructor(
    private readonly work: string,
    private readonly options: HelmOptions = {},
  ) {}

  /** Downloads exactly this version and returns the path of its archive. */
  async download(source: ChartSource): Promise<string> {
    const repository = await this.repository(source.repository);
    const digest = repository.index === undefined ? undefined : digestInIndex(repository.index, source);
    const folder = mkdtempSync(join(this.work, 'chart-'));
    const args = ['pull', ...reference(source), '--version', source.version, '--destination', folder];
    await runHelm(repository.home, args, this.options);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const sha256 = digestOfFile(file);
    if (digest !== undefined && digest !== sha256) {
      throw new Error(
        `the archive has sha256 ${sha256}, the index of ${source.repository} says ${digest}: refused. ` +
          'Try again later; if it stays, tell the maintainers of the repository',
      );
    }
    return file;
  }

  /** The newest stable version. */
  async newestVersion(source: ChartSource): Promise<string> {
    const { home } = await this.repository(source.repository);
    const chart = parseYaml(await runHelm(home, ['show', 'chart', ...reference(source)], this.options))[0];
    return String((chart as IndexEntry | undefined)?.version);
  }

  private repository(url: string): Promise<Repository> {
    const known = this.known.get(url) ?? this.add(url);
    this.known.set(url, known);
    return known;
  }

  private async add(url: string): Promise<Repository> {
    const home = mkdtempSync(join(this.work, 'home-'));
    if (isOci(url)) return { home };
    mkdirSync(join(home, 'config'));
    await runHelm(home, ['repo', 'add', alias, url], this.options);
    const index = readFileSync(join(home, `cache/repository/${alias}-index.yaml`), 'utf8');
    const { entries } = (parseYaml(index)[0] ?? {}) as { entries?: Repository['index'] };
    return { home, index: entries ?? {} };
  }
}

const isOci = (repository: string): boolean => repository.startsWith('oci://');

/** helm's arguments for a chart. A registry on localhost has no certificate; Docker makes the same exception. */
function reference({ name, repository }: ChartSource): string[] {
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(repository).hostname);
  return [`${isOci(repository) ? repository : alias}/${name}`, ...(local ? ['--plain-http'] : [])];
}

/**
 * Lower-case hexadecimal; undefined where the index omits it. Throws an error where the chart or version is not listed.
 */
function digestInIndex(index: NonNullable<Repository['index']>, source: ChartSource): string | undefined {
  const { name, version, repository } = source;
  const entries = index[name];
  if (entries === undefined) throw new Error(`${repository} has no chart ${name}: correct its pin`);
  const entry = entries.find((candidate) => String(candidate.version) === version);
  if (entry === undefined) {
    const versions = entries.slice(0, 5).map((candidate) => String(candidate.version));
    throw new Error(
      `${repository} has no version ${version} of ${name}, but ${versions.join(', ')}` +
        `${entries.length > versions.length ? ' …' : ''}: correct its pin, or npm run charts -- import FILE`,
    );
  }
  return typeof entry.digest === 'string' ? entry.digest.replace(/^sha256:/, '').toLowerCase() : undefined;
}
