import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageCatalog } from '../../../../charts/catalog';
import { parseImage } from '../../../../lib/images/images';
import { localImages } from '../../../../lib/images/local';
import { projectRoot } from '../../../../lib/project';
import { nodeArguments } from '../../../support/cli';
import { NotDownloaded } from '../../cluster/tools';
import { readRecord, type Say, succeed, writeRecord } from '../../kept';
import { type Buildah, buildah, imagesFolder, scratch } from './buildah';
import { debianRecipeOf } from './debians';
import { type Output, programRecipes } from './programs';
import { isPublished, pull, realImages } from './pull';
import { basesOf, digestOf, type Recipe } from './recipe';
import { NotMade, recipes } from './recipes';

export interface Made {
  /** Reference → ID of the image. */
  readonly images: ReadonlyMap<string, string>;
  /** Lines for the list of what is not covered: what is in an image in place of what its authors' has. */
  readonly standIns: readonly string[];
  /** Reference → why nothing stands for it, or why what it is made of is not to be had from here. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface MakeOptions {
  /** Root of a Debian with buildah; nothing is written into it. */
  readonly root: string;
  /** Objects of the output that the images are for. */
  readonly output: Output;
  /** Sources of the platform of before. @default none: no image of it is asked for */
  readonly before?: string;
  readonly say: Say;
}

/** Image of the flow of the example, under the name that its tests give it. */
export const exampleImage = 'localhost/creditcard:0.1.0';

/** Image of pods with a shell: what Debian 12 has, under its authors' name. */
export const shellImage = 'docker.io/library/busybox:1.35.0';

/** Servers of models that no model of these tests asks for. */
export const unused = /huggingface|sklearn|xgboost|tritonserver/;

/** The Python image that the project's own begin with. */
const python =
  /docker\.io\/library\/python:\S+/.exec(readFileSync(join(projectRoot, 'programs/drift/Dockerfile'), 'utf8'))?.[0] ??
  '';

/**
 * Makes the images that are not there yet, or whose recipe has changed, from package registries alone, under the names that
 * the output gives them; or pulls those of others. Those of this project are built as its users build them.
 *
 * @throws Error with what a build said
 */
export async function makeImages(references: readonly string[], { root, say, ...given }: MakeOptions): Promise<Made> {
  rmSync(scratch, { recursive: true, force: true }); // what a killed run has left
  const engine = await buildah(root);
  const images = new Map<string, string>();
  const standIns = new Set<string>();
  const missing = new Map<string, string>();

  /** What is being made, or is: a base is made once for all that begin with it. */
  const begun = new Map<string, Promise<string>>();
  const make = (reference: string): Promise<string> => {
    const making = begun.get(reference) ?? made(reference);
    begun.set(reference, making);
    return making;
  };

  async function made(reference: string): Promise<string> {
    if (realImages && unused.test(reference)) throw new NotMade('no model of these tests asks for it');
    if (realImages && isPublished(reference)) {
      const pulled = await pull(engine, reference, say);
      images.set(reference, pulled);
      return pulled;
    }
    const recipe = await recipeOf(reference, { ...given, say });
    const bases: string[] = [];
    for (const base of basesOf(recipe)) bases.push(await make(base));
    if (recipe.standIn !== undefined) standIns.add(`${reference}: ${recipe.standIn}`);
    const id = await ensured(engine, reference, recipe, { digest: digestOf(recipe, bases), say });
    images.set(reference, id);
    return id;
  }

  // Two at a time: one half of each is waiting for packages.
  const waiting = [...references];
  const worker = async (): Promise<void> => {
    for (let reference = waiting.shift(); reference !== undefined; reference = waiting.shift()) {
      try {
        await make(reference);
      } catch (error) {
        if (!(error instanceof NotMade || error instanceof NotDownloaded)) {
          waiting.length = 0; // The other one ends with what it is at.
          throw error;
        }
        missing.set(reference, error.message);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  // What earlier versions of these tests have made, and what has lost its name to a newer image.
  const there = (await engine.run(['images', '--format', '{{.Name}}:{{.Tag}}'])).split('\n');
  for (const name of there) if (/^[^<]/.test(name) && !begun.has(name)) await engine.run(['rmi', '--force', name]);
  await engine.run(['rmi', '--prune']);
  return { images, standIns: [...standIns].sort(), missing };
}

/** Writes an image as `ctr images import` reads it, with its full name. */
export async function exportImage(root: string, reference: string, file: string): Promise<void> {
  rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  const engine = await buildah(root);
  await engine.run(['push', '--quiet', reference, `docker-archive:${file}:${reference}`]);
}

async function recipeOf(reference: string, { output, before = '', say }: Omit<MakeOptions, 'root'>): Promise<Recipe> {
  const debian = await debianRecipeOf(reference, say);
  if (debian !== undefined) return debian;
  const own = localImages(imageCatalog.pins, {}).find(({ image }) => image === reference);
  if (own !== undefined) return dockerfile(own.folder, { context: join(projectRoot, own.context), own: own.name });
  if (reference === exampleImage)
    return dockerfile('examples/creditcard', { context: join(projectRoot, 'examples/creditcard') });
  const { registry, repository, tag } = parseImage(reference);
  const name = `${registry}/${repository}`;
  const recipe = recipes[name]?.({ tag, python, before, say }) ?? programRecipes[name]?.(output, say);
  if (recipe === undefined) throw new NotMade('nothing here stands for it');
  return recipe;
}

const dockerfile = (folder: string, rest: Omit<Recipe, 'containerfile'>): Recipe => ({
  containerfile: readFileSync(join(projectRoot, folder, 'Dockerfile'), 'utf8'),
  ...rest,
});

/** What an image was made from: digest of its recipe; and what it became. */
interface Origin {
  readonly digest: string;
  readonly id: string;
}

/** Reference → origin. */
const record = join(imagesFolder, 'made.json');

async function ensured(
  engine: Buildah,
  reference: string,
  recipe: Recipe,
  { digest, say }: { readonly digest: string; readonly say: Say },
): Promise<string> {
  const { [reference]: before } = readRecord<Origin>(record);
  if (before?.digest === digest && (await idOf(engine, reference)) === before.id) return before.id;
  const begun = Date.now();
  await buildOne(engine, reference, recipe);
  const id = await idOf(engine, reference);
  if (id === undefined) throw new Error(`${reference}: was built, and is not there`);
  writeRecord(record, { ...readRecord<Origin>(record), [reference]: { digest, id } });
  say(`${reference}: made in ${Math.round((Date.now() - begun) / 1000)} s`);
  return id;
}

async function idOf(engine: Buildah, reference: string): Promise<string | undefined> {
  const listed = await engine.run(['images', '--no-trunc', '--format', '{{.ID}} {{.Name}}:{{.Tag}}']);
  return listed
    .split('\n')
    .map((line) => line.split(/\s+/))
    .find(([, name]) => name === reference)?.[0];
}

async function buildOne(engine: Buildah, reference: string, recipe: Recipe): Promise<void> {
  if (recipe.own !== undefined) {
    const build = nodeArguments('images', ['build', recipe.own, '--engine', 'buildah']);
    await succeed(process.execPath, build, { env: engine.env });
    return;
  }
  const folder = mkdtempSync(join(scratch, 'build.'));
  try {
    const context = recipe.context ?? join(folder, 'context');
    mkdirSync(join(folder, 'context'));
    await recipe.fill?.(context);
    const file = join(folder, 'Containerfile');
    writeFileSync(file, recipe.containerfile);
    const { contexts = {} } = recipe;
    const named = Object.entries(contexts).map(([name, path]) => `--build-context=${name}=${path}`);
    const args = Object.entries(recipe.args ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`);
    await engine.run(
      ['build', '--tag', reference, ...named, ...args, '--file', file, context],
      Object.values(contexts),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
