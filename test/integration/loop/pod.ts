import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Container, EnvVar, KubernetesObject, PodSpec, Volume } from '../../../lib/kubernetes/object';
import { podTemplateOf } from '../../../lib/kubernetes/object';
import type { Here } from './here';
import { replaceAll } from './here';
import { imageOf } from './images';

/** A container as a process: what to start, with exactly this environment, and where. */
export interface Launch {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What makes any program run as the user of the container. @default nothing: as the user of the tests */
  readonly as?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** In place of the folders of the container: those of this machine. */
  readonly local: (text: string) => string;
}

/** The Secrets of a platform: `namespace/name` → key → value. */
export type Secrets = (id: string) => Readonly<Record<string, string>>;

export interface Cluster {
  readonly objects: readonly KubernetesObject[];
  readonly secrets: Secrets;
  readonly here: Here;
  /** Where volumes are. */
  readonly folder: string;
}

type Mounts = readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];

/** A pod of the manifests: its volumes are folders, which containers share and which outlive them. */
export class Pod {
  private readonly namespace: string;
  private readonly spec: PodSpec;
  private readonly folder: string;

  /** @param name of the workload, without the digest at the end of the name of a Job */
  constructor(
    private readonly cluster: Cluster,
    kind: 'Deployment' | 'StatefulSet' | 'Job',
    readonly name: string,
  ) {
    const isNamed = (found: string): boolean => found === name || found.replace(/-[0-9a-f]{8}$/, '') === name;
    const found = cluster.objects.filter((object) => object.kind === kind && isNamed(object.metadata.name));
    const [workload] = found;
    const template = workload && podTemplateOf(workload);
    if (found.length !== 1 || template === undefined) throw new Error(`${found.length} ${kind}s ${name} in the output`);
    this.namespace = workload?.metadata.namespace ?? '';
    const { volumeClaimTemplates = [] } = workload?.spec as { volumeClaimTemplates?: KubernetesObject[] };
    const claims = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata.name }));
    this.spec = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] };
    this.folder = join(cluster.folder, name);
  }

  /** Every container, in the order in which they start. */
  get containers(): readonly Container[] {
    return [...(this.spec.initContainers ?? []), ...this.spec.containers];
  }

  /** @param name of the container; by default that of the first that is no init container */
  launch(name: string | undefined = this.spec.containers[0]?.name): Launch {
    const container = this.containers.find((one) => one.name === name);
    if (container === undefined) throw new Error(`${this.name} has no container ${name ?? ''}`);
    const image = imageOf(container.image);
    const { addresses, programs, names, env: additions } = this.cluster.here;
    const mounts = this.mounts(container, image.user);
    const table = { ...addresses, ...programs[this.name], ...mounts };
    const local = (text: string): string => replaceAll(text, table);
    this.fill(container, local, image.user);

    const declared = { ...image.env, ...this.environment(container) };
    const called = (text: string): string => replaceAll(text, programs[this.name] ?? {});
    const env = Object.fromEntries(
      Object.entries(declared).map(([key, value]) => [key, (names.includes(key) ? called : local)(value)]),
    );
    const args = [...(container.command ?? image.entrypoint), ...(container.args ?? [])].map(local);
    const [program, ...rest] = args;
    if (program === undefined) throw new Error(`${this.name}/${container.name}: neither command nor entrypoint`);
    const calling = Object.entries(env).flatMap(([key, value]) => (names.includes(key) ? [] : [value]));
    for (const text of [...args, ...calling]) this.refuseForeign(container.name, text);
    const cwd = local((container.workingDir as string | undefined) ?? '/');
    const path = [...image.path, '/usr/local/bin', '/usr/bin', '/bin'].join(':');
    return {
      name: `${this.name}-${container.name}`,
      command: [...asUser(image.user), program, ...rest] as [string, ...string[]],
      as: asUser(image.user),
      env: { ...env, ...image.added, ...additions[this.name], PATH: path },
      cwd,
      local,
    };
  }

  /** Where an emptyDir, a claim or a projection of a volume is on this machine. */
  volume(name: string): string {
    return join(this.folder, name);
  }

  private mounts(container: Container, user?: string): Record<string, string> {
    const mounts = (container.volumeMounts ?? []) as Mounts;
    return Object.fromEntries(
      mounts
        // Shared memory is here already.
        .filter(({ mountPath }) => mountPath !== '/dev/shm')
        .map(({ name, mountPath }) => {
          mkdirSync(this.volume(name), { recursive: true });
          own(this.volume(name), user);
          return [mountPath, this.volume(name)];
        }),
    );
  }

  /** Writes the files of ConfigMaps and Secrets, each time anew, as a mount would show them. */
  private fill(container: Container, local: (text: string) => string, user?: string): void {
    for (const { name } of (container.volumeMounts ?? []) as Mounts) {
      const volume = this.spec.volumes?.find((one) => one.name === name);
      if (volume === undefined) throw new Error(`${this.name}: no volume ${name}`);
      for (const [path, content] of Object.entries(this.filesOf(volume))) {
        const file = join(this.volume(name), path);
        const text = local(content);
        this.refuseForeign(`${container.name}: ${path}`, text);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        own(file, user);
      }
    }
  }

  private filesOf({ configMap, secret, projected }: Volume): Record<string, string> {
    type Items = readonly { readonly key: string; readonly path: string }[];
    const pick = (data: Readonly<Record<string, string>>, items?: Items): Record<string, string> =>
      items === undefined
        ? { ...data }
        : Object.fromEntries(items.map(({ key, path }) => [path, demand(data[key], `${this.name}: key ${key}`)]));
    const files: Record<string, string> = {};
    const sources = [
      { configMap, secret: secret && { ...secret, name: secret.secretName } },
      ...(projected?.sources ?? []),
    ];
    for (const source of sources) {
      if (source.configMap) Object.assign(files, pick(this.configMap(source.configMap.name), source.configMap.items));
      if (source.secret) Object.assign(files, pick(this.secret(source.secret.name), source.secret.items));
    }
    return files;
  }

  private environment({ env = [], envFrom = [] }: Container): Record<string, string> {
    const all: Record<string, string> = {};
    for (const { configMapRef, secretRef } of envFrom) {
      if (configMapRef) Object.assign(all, this.configMap(configMapRef.name));
      if (secretRef) Object.assign(all, this.secret(secretRef.name));
    }
    for (const variable of env) all[variable.name] = this.valueOf(variable, all);
    return all;
  }

  /** @param before variables to which `$(NAME)` refers */
  private valueOf({ name, value, valueFrom }: EnvVar, before: Readonly<Record<string, string>>): string {
    if (valueFrom === undefined)
      return (value ?? '').replace(/\$\((\w+)\)/g, (text, other: string) => before[other] ?? text);
    const { secretKeyRef, configMapKeyRef } = valueFrom;
    const fieldPath = (valueFrom as { fieldRef?: { fieldPath: string } }).fieldRef?.fieldPath;
    if (fieldPath !== undefined) {
      const fields: Record<string, string> = {
        'metadata.name': `${this.name}-0`,
        'status.hostIP': '127.0.0.1',
        'status.podIP': '127.0.0.1',
      };
      return demand(fields[fieldPath], `${this.name}: field ${fieldPath}`);
    }
    const found =
      secretKeyRef === undefined
        ? this.configMap(configMapKeyRef?.name ?? '')[configMapKeyRef?.key ?? '']
        : this.secret(secretKeyRef.name)[secretKeyRef.key];
    return demand(found, `${this.name}: what ${name} refers to`);
  }

  private configMap(name: string): Readonly<Record<string, string>> {
    const found = this.cluster.objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.namespace === this.namespace && metadata.name === name,
    );
    return demand(found, `ConfigMap ${this.namespace}/${name}`).data as Record<string, string>;
  }

  private secret(name: string): Readonly<Record<string, string>> {
    return this.cluster.secrets(`${this.namespace}/${name}`);
  }

  /** An address of the cluster that here.ts forgot would make a program wait for ever, or reach the outside. */
  private refuseForeign(place: string, text: string): void {
    const found = /[\w.-]+\.svc\.[\w.-]+|0\.0\.0\.0/.exec(text.replace(/^\s*(#|""").*$/gm, ''));
    if (found)
      throw new Error(
        `${this.name}/${place}: ${found[0]} means nothing here (add it to test/integration/loop/here.ts)`,
      );
  }
}

function demand<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what} is not in the output`);
  return value;
}

const ids = (user: string): [number, number] => {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  return [Number(entry?.[2]), Number(entry?.[3])];
};

const isRoot = process.getuid?.() === 0;

/** Only PostgreSQL refuses root, and asks the system for the name of who connects through its socket. */
const asUser = (user?: string): readonly string[] => {
  if (user === undefined) return [];
  if (isRoot) return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'];
  return ['unshare', '--user', `--map-user=${user}`, `--map-group=${user}`, '--'];
};

/** Gives a file or folder to a user who is not the one that the tests run as. */
function own(path: string, user: string | undefined): void {
  if (user === undefined || !isRoot) return;
  chownSync(path, ...ids(user));
}
