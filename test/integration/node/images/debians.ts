import type { Say } from '../../kept';
import { debian, type Suite } from '../debian';
import { debianRecipe } from './files';
import type { Recipe } from './recipe';

interface Contents {
  readonly packages: readonly string[];
  readonly suite?: Suite;
}

const contents = {
  /** Also for programs that need less: one layer is shared by all. */
  python: { packages: ['ca-certificates', 'python3', 'python3-venv', 'python3-pip'] },
  java: { packages: ['openjdk-17-jre-headless'] },
  'postgresql-17': { packages: ['postgresql-17'], suite: 'trixie' },
  'postgresql-15': { packages: ['postgresql-15'] },
} as const satisfies Readonly<Record<string, Contents>>;

type Name = keyof typeof contents;

const names = Object.keys(contents) as Name[];

const suiteOf = (name: Name): Suite => (contents[name] as Contents).suite ?? 'bookworm';

/** Root file system of a Debian with what images are made of; made where it is not there yet. */
export const debianOf = (name: Name, say: Say): Promise<string> =>
  debian(name, contents[name].packages, say, suiteOf(name));

/** Makes all of them, one after the other. */
export async function allDebians(say: Say): Promise<void> {
  for (const name of names) await debianOf(name, say);
}

/** References of images that others begin with, in place of what docker-library has below its own; no output names them. */
export const debianImages = Object.fromEntries(
  names.map((name) => [name, `localhost/mlops-infra-test/debian-${name}:${suiteOf(name)}`]),
) as Readonly<Record<Name, string>>;

/** The recipe of one of them; undefined for any other reference. */
export async function debianRecipeOf(reference: string, say: Say): Promise<Recipe | undefined> {
  const name = names.find((one) => debianImages[one] === reference);
  return name === undefined ? undefined : debianRecipe(await debianOf(name, say));
}
