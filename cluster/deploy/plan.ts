import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readForeign } from '../../lib/files/readable';
import { isCrd, groupOf, nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { platformLabel } from '../../lib/kubernetes/labels';
import { shapedObject } from '../../lib/kubernetes/shaped';
import { parseYaml } from '../../lib/kubernetes/yaml';
import type { OutputFile } from '../../lib/output/collect';
import { recoverFolder } from '../../lib/output/write';

/** Manifests in the order in which they are applied. */
export interface Plan {
  /** Name of the platform, from the label of its objects. */
  readonly platform: string;
  /** Every file of the folder. */
  readonly files: readonly OutputFile[];
  /** The files to apply: all of them, or the one selected by `only`. */
  readonly chosen: readonly OutputFile[];
}

const fileName = /^(\d\d)-(.+)\.yaml$/;

/**
 * Reads the output of a synthesis. Throws an error for the user where the folder holds none.
 * @param only a file's name without its wave, such as `kafka`. @default every file
 */
export function readPlan(folder: string, only?: string): Plan {
  recoverFolder(folder);
  if (!existsSync(folder)) throw new Error(`${folder}: no such folder (run npm run synth first)`);
  const files = readdirSync(folder)
    .sort()
    .flatMap((name): OutputFile[] => {
      const wave = fileName.exec(name)?.[1];
      return wave === undefined ? [] : [{ name, wave: Number(wave), objects: readObjects(join(folder, name)) }];
    });
  if (files.length === 0) throw new Error(`${folder}: holds no manifests (run npm run synth first)`);
  const chosen = only === undefined ? files : files.filter(({ name }) => serviceOf(name) === only);
  if (chosen.length === 0) {
    throw new Error(
      `--only ${only}: no such file in ${folder} (choose ${files.map(({ name }) => serviceOf(name)).join(', ')})`,
    );
  }
  return { platform: platformOf(folder, files), files, chosen };
}

const serviceOf = (file: string): string => fileName.exec(file)?.[2] ?? file;

function readObjects(path: string): KubernetesObject[] {
  try {
    return parseYaml(readForeign(path).toString()).map(shapedObject);
  } catch (error) {
    throw new Error(`${path}: is not YAML that can be applied (run npm run synth again): ${(error as Error).message}`);
  }
}

function platformOf(folder: string, files: readonly OutputFile[]): string {
  const objects = files.flatMap((file) => file.objects);
  const unlabelled = objects.filter(({ metadata }) => metadata.labels?.[platformLabel] === undefined);
  const [platform = '', ...others] = new Set(objects.map(({ metadata }) => metadata.labels?.[platformLabel] ?? ''));
  if (unlabelled.length === 0 && others.length === 0) return platform;
  const what =
    unlabelled[0] === undefined ? `objects of ${[platform, ...others].join(' and ')}` : nameOf(unlabelled[0]);
  throw new Error(
    `${folder}: holds more than one platform's output (${what}). ` +
      `Every object needs the same label ${platformLabel}; run npm run synth again.`,
  );
}

/** `group/Kind`, the same for every version. */
export const groupKindOf = (object: KubernetesObject): string => `${groupOf(object)}/${object.kind}`;

/** The content of a CustomResourceDefinition. */
export interface Definition {
  readonly object: KubernetesObject;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** `group/Kind` → its definition in the plan. */
export const definitionsIn = ({ files }: Plan): ReadonlyMap<string, Definition> =>
  definitionsOf(files.flatMap((file) => file.objects));

/** `group/Kind` → its definition among the objects. */
export function definitionsOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, Definition> {
  return new Map(
    objects.filter(isCrd).map((object) => {
      const { group, names, scope } = object.spec as {
        group: string;
        names: { kind: string; plural: string };
        scope: string;
      };
      const { kind, plural } = names;
      return [`${group}/${kind}`, { object, group, kind, plural, namespaced: scope === 'Namespaced' }];
    }),
  );
}
