import type { Say } from '../../kept';
import { debian } from '../debian';
import { debianRecipe } from './files';
import type { Recipe } from './recipe';

/** What other images begin with, in place of what docker-library and the like begin with: name → Debian's packages. */
const packages = {
  slim: ['ca-certificates'],
  python: ['ca-certificates', 'python3', 'python3-venv', 'python3-pip'],
  java: ['openjdk-17-jre-headless'],
  postgresql: ['postgresql-client-15'],
} as const;

type Name = keyof typeof packages;

const names = Object.keys(packages) as Name[];

/** References of these images; no output names them. */
export const debianImages = Object.fromEntries(
  names.map((name) => [name, `localhost/mlops-infra-test/debian-${name}:bookworm`]),
) as Readonly<Record<Name, string>>;

/** The recipe of one of them; undefined for any other reference. */
export async function debianRecipeOf(reference: string, say: Say): Promise<Recipe | undefined> {
  const name = names.find((one) => debianImages[one] === reference);
  return name === undefined ? undefined : debianRecipe(await debian(name, packages[name], say));
}
