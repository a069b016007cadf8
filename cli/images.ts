import { parseArgs } from 'node:util';
import { synthesisFailure, loadConfig } from './config';
import { lockImages, unmirrored } from './images-lock';
import { formatImages } from './images-table';
import { print, printable, printError } from './terminal';
import { imageCatalog } from '../charts/catalog';
import { withDigests, type PlatformConfig } from '../charts/config';
import { synthesize } from '../charts/synthesize';
import { registry } from '../lib/config/image-references';
import { buildImages, EngineError, findEngine } from '../lib/images/build';
import { listImages, type PlatformImage } from '../lib/images/list';
import { localImages, type LocalImage } from '../lib/images/local';
import { mirrorScript } from '../lib/images/mirror';

const usage = `Usage: npm run images -- [options]
       npm run images -- build [NAME...] [options]
       npm run images -- lock [options]

Lists every image that the platform can start, builds those that nobody publishes, or locks what the tags mean.

  --config FILE       the config to read (config.ts)
  --list              print the names alone, one a line
  --json              print all that is known as JSON
  --mirror REGISTRY   print a shell script that copies the images to a registry, for skopeo
  --help              print this

Options of build, which builds the images that the platform uses, or the named ones:
  --engine ENGINE     docker, podman or buildah (the first of them that is installed)
  --platform OS/ARCH  what to build for (this machine)
  --push              send each image to its registry

Options of lock, which records digests in images.lock.json beside the config, for the next synthesis to write:
  --update            accept that a tag means another image than in the lock

npm prints a header first; npm run --silent images omits it.`;

/** Options that only one command has. Without a command, images are listed. */
const optionsOf = {
  list: ['list', 'json', 'mirror'],
  build: ['engine', 'platform', 'push'],
  lock: ['update'],
} as const;

type Command = keyof typeof optionsOf;

const isCommand = (name: string): name is Exclude<Command, 'list'> => ['build', 'lock'].includes(name);

/** Runs the command `images`. On failure it prints a message and sets exit code 1, or that of the engine. */
export async function run(args: string[]): Promise<void> {
  try {
    await main(args);
  } catch (error) {
    // The engine has already printed the cause; this adds the command.
    if (error instanceof EngineError) printError(error.message);
    else printError(synthesisFailure(error as Error, usage));
    process.exitCode = error instanceof EngineError ? error.exitCode : 1;
  }
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'config.ts' },
      list: { type: 'boolean' },
      json: { type: 'boolean' },
      mirror: { type: 'string' },
      engine: { type: 'string' },
      platform: { type: 'string' },
      push: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  const [name, ...names] = positionals;
  if (name !== undefined && !isCommand(name)) throw new Error(`${name}: no such command\n\n${usage}`);
  const command: Command = name ?? 'list';
  const misplaced = Object.entries(optionsOf).flatMap(([owner, options]) =>
    owner === command
      ? []
      : options
          .filter((option) => values[option] !== undefined && values[option] !== false)
          .map((option) => `--${option} is ${owner === 'list' ? `of no use with ${command}` : `for ${owner} alone`}`),
  );
  if (command === 'lock') misplaced.push(...names.map((extra) => `${extra}: lock takes no names, but all images`));
  if (misplaced.length > 0) throw new Error(`${misplaced.join('\n')}\n\n${usage}`);
  if (command === 'build') await build(names, values);
  else if (command === 'lock') await lockImages(loadConfig(values.config), imagesOf, values);
  else await list(values);
}

interface ListOptions {
  readonly config: string;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly mirror?: string;
}

async function list({ config: file, list: plain, json, mirror }: ListOptions): Promise<void> {
  if ([plain, json, mirror].filter((option) => option !== undefined).length > 1) {
    throw new Error(`Give one of --list, --json and --mirror.\n\n${usage}`);
  }
  const target = mirror === undefined ? undefined : registryNamed(mirror);
  const config = loadConfig(file);
  if (target !== undefined) {
    process.stdout.write(printable(mirrorScript(await imagesOf(unmirrored(config)), target, config.images.digests)));
    return;
  }
  const images = await imagesOf(config);
  if (plain === true) print(images.map(({ image }) => image).join('\n'));
  else if (json === true) print(JSON.stringify(images, null, 2));
  else print(formatImages(images, process.stdout.isTTY ? process.stdout.columns : undefined));
}

function registryNamed(name: string): string {
  const { success, error } = registry.safeParse(name);
  if (success) return name;
  throw new Error(error.issues.map(({ message }) => `--mirror: ${JSON.stringify(name)} — ${message}`).join('\n'));
}

async function imagesOf(config: PlatformConfig): Promise<PlatformImage[]> {
  const { files, images } = await synthesize(config, {
    onWarning: (release, text) => {
      printError(`${release.node.path}: helm says: ${text}`);
    },
  });
  return listImages(files, imageCatalog, images);
}

interface BuildArguments {
  readonly config: string;
  readonly engine?: string;
  readonly platform?: string;
  readonly push: boolean;
}

async function build(names: readonly string[], options: BuildArguments): Promise<void> {
  const engine = findEngine(options.engine);
  // What is built now has another digest than the lock can say.
  const config = withDigests(loadConfig(options.config), undefined);
  const known = localImages(imageCatalog.pins, config.images);
  const images = names.length > 0 ? named(names, known) : await used(known, config);
  if (images.length === 0) print('The platform uses no image that is to be built.');
  await buildImages(images, engine, options, (command) => {
    print(command.join(' '));
  });
}

function named(names: readonly string[], known: readonly LocalImage[]): LocalImage[] {
  const unknown = names.filter((name) => !known.some((image) => image.name === name));
  if (unknown.length > 0) {
    const rule = `must be ${known.map(({ name }) => name).join(' or ')}`;
    throw new Error(unknown.map((name) => `${JSON.stringify(name)} — ${rule}`).join('\n'));
  }
  return known.filter(({ name }) => names.includes(name));
}

async function used(known: readonly LocalImage[], config: PlatformConfig): Promise<LocalImage[]> {
  const images = new Set((await imagesOf(config)).map(({ image }) => image));
  return known.filter(({ image }) => images.has(image));
}

if (require.main === module) void run(process.argv.slice(2));
