import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Container } from '../../../../lib/kubernetes/object';
import { dataOf, fieldOf, type PodIdentity } from './identity';
import type { Mount } from './specification';

type Item = { readonly key: string; readonly path: string };
type Source = { readonly name?: string; readonly optional?: boolean; readonly items?: readonly Item[] };
type DownwardItem = { readonly path: string; readonly fieldRef: { readonly fieldPath: string } };

interface FileSources {
  readonly secret?: Source & { readonly secretName?: string };
  readonly configMap?: Source;
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[] };
  readonly serviceAccountToken?: { readonly path: string; readonly audience?: string };
}

interface VolumeSpec extends FileSources {
  readonly name: string;
  readonly emptyDir?: object;
  readonly hostPath?: { readonly path: string };
  readonly projected?: { readonly sources: readonly FileSources[] };
  readonly persistentVolumeClaim?: object;
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

const accountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Makes the volumes of a pod in a folder, and says where one of its containers finds them. */
export async function mountsOf(pod: PodIdentity, container: Container, folder: string): Promise<Mount[]> {
  const claims = (pod.workload.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] })
    .volumeClaimTemplates;
  const volumes = new Map<string, VolumeSpec>();
  for (const { metadata } of claims ?? [])
    volumes.set(metadata.name, { name: metadata.name, persistentVolumeClaim: {} });
  for (const volume of (pod.spec.volumes ?? []) as readonly VolumeSpec[]) volumes.set(volume.name, volume);

  const wanted = (container.volumeMounts ?? []) as readonly VolumeMount[];
  const sources = new Map<string, string>();
  for (const name of new Set(wanted.map((mount) => mount.name))) {
    const volume = volumes.get(name);
    if (volume === undefined) throw new Error(`${pod.name}: ${container.name} mounts ${name}, which is no volume`);
    sources.set(name, await make(pod, volume, join(folder, name)));
  }
  const mounts = wanted.map(({ name, mountPath, subPath, readOnly = false }) => {
    const source = sources.get(name) ?? '';
    const writable = Boolean(volumes.get(name)?.emptyDir ?? volumes.get(name)?.persistentVolumeClaim);
    const part = join(source, subPath ?? '');
    if (writable && subPath !== undefined) makeFolder(part);
    return { source: part, path: mountPath, readOnly: readOnly || !writable };
  });
  return [...mounts, ...(await accountMounts(pod, join(folder, '.account')))];
}

/** Where a pod finds the token of its ServiceAccount, if it or the ServiceAccount wants that. */
async function accountMounts(pod: PodIdentity, folder: string): Promise<Mount[]> {
  const path = `/api/v1/namespaces/${pod.namespace}/serviceaccounts/${pod.serviceAccount}`;
  const account = await pod.cluster.api.must<{ automountServiceAccountToken?: boolean }>('GET', path);
  if (!(pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)) return [];
  writeFiles(folder, [
    ['token', await token(pod)],
    ['ca.crt', readFileSync(pod.cluster.ca)],
    ['namespace', pod.namespace],
  ]);
  return [{ source: folder, path: accountPath, readOnly: true }];
}

const token = ({ cluster, namespace, serviceAccount }: PodIdentity, audience?: string): Promise<string> =>
  cluster.serviceAccountToken(namespace, serviceAccount, audience === undefined ? undefined : [audience]);

/** The folder or file that a volume is; it has what the pod would find in it when it starts. */
async function make(pod: PodIdentity, volume: VolumeSpec, folder: string): Promise<string> {
  if (volume.hostPath !== undefined) return volume.hostPath.path;
  if (volume.emptyDir !== undefined || volume.persistentVolumeClaim !== undefined) return makeFolder(folder);
  mkdirSync(folder, { recursive: true });
  for (const source of volume.projected?.sources ?? [volume]) writeFiles(folder, await filesOf(pod, source));
  return folder;
}

async function filesOf(pod: PodIdentity, source: FileSources): Promise<[string, Buffer | string][]> {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (serviceAccountToken !== undefined) {
    return [[serviceAccountToken.path, await token(pod, serviceAccountToken.audience)]];
  }
  if (downwardAPI !== undefined) {
    return (downwardAPI.items ?? []).map(({ path, fieldRef }) => [path, fieldOf(pod, fieldRef.fieldPath)]);
  }
  const reference = secret ?? configMap;
  if (reference === undefined) throw new Error(`${pod.name}: these tests know no volume ${JSON.stringify(source)}`);
  const name = secret?.secretName ?? reference.name ?? '';
  const data = await dataOf(pod, secret === undefined ? 'configmap' : 'secret', name);
  if (data === undefined && reference.optional !== true) throw new Error(`${pod.name}: its volume needs ${name}`);
  if (data === undefined) return [];
  const items = reference.items ?? [...data.keys()].map((key) => ({ key, path: key }));
  return items.map(({ key, path }) => {
    const content = data.get(key);
    if (content === undefined) throw new Error(`${pod.name}: its volume needs the key ${key} of ${name}`);
    return [path, content];
  });
}

function writeFiles(folder: string, files: readonly (readonly [string, Buffer | string])[]): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o644 });
  }
}

/** A folder that everyone may write to, as an `emptyDir` and the `/tmp` of an image are. */
export function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  return folder;
}
