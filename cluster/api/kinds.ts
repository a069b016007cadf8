import type { KubernetesObject } from '../../lib/kubernetes/object';
import { z } from 'zod';
import type { ClusterApi } from './api';
import { malformed } from './api-error';
import type { ObjectKind } from './live';

/** A kind that the API server serves. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in paths and roles. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** `deployments.apps`: the name of a kind in kubectl and messages. */
export const resourceName = ({ resource, group }: Pick<Kind, 'resource' | 'group'>): string =>
  group === '' ? resource : `${resource}.${group}`;

/** Path of an API version: `/api/v1`, `/apis/apps/v1`. */
const versionPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The kind as its objects name it. */
export const objectKind = ({ group, version, kind }: Kind): ObjectKind => ({
  apiVersion: group === '' ? version : `${group}/${version}`,
  kind,
});

/** Path of one object. */
export function objectPath(kind: Kind, namespace: string | undefined, name: string): string {
  const { apiVersion } = objectKind(kind);
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? 'default')}` : '';
  return `${versionPath(apiVersion)}${scope}/${kind.resource}/${encodeURIComponent(name)}`;
}

const resourceList = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
const apiGroup = z.object({ preferredVersion: z.object({ groupVersion: z.string() }) });

/** The kinds that the API server serves. Each API version is requested once; an absent kind is requested again. */
export class Kinds {
  private readonly known = new Map<string, Kind>();

  constructor(private readonly api: ClusterApi) {}

  /** Undefined where the API server does not serve the kind in this version. */
  async of({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): Promise<Kind | undefined> {
    const key = `${apiVersion}/${kind}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const list = await this.read(versionPath(apiVersion), resourceList, 'a list of kinds');
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    for (const { name, kind: served, namespaced } of list?.resources ?? []) {
      if (name.includes('/')) continue;
      this.known.set(`${apiVersion}/${served}`, { group, version, kind: served, resource: name, namespaced });
    }
    return this.known.get(key);
  }

  /** A kind in the version that the API server prefers. */
  async inGroup(group: string, kind: string): Promise<Kind | undefined> {
    if (group === '') return this.of({ apiVersion: 'v1', kind });
    const found = await this.read(`/apis/${group}`, apiGroup, 'a group of kinds');
    return found === undefined ? undefined : this.of({ apiVersion: found.preferredVersion.groupVersion, kind });
  }

  private async read<Answer>(path: string, schema: z.ZodType<Answer>, expected: string): Promise<Answer | undefined> {
    const answer = await this.api.find(path);
    if (answer === undefined) return undefined;
    const { data } = schema.safeParse(answer);
    if (data === undefined) throw malformed(200, `GET ${path}`, expected, JSON.stringify(answer));
    return data;
  }
}
