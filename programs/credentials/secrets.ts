import { STATUS_CODES } from 'node:http';
import type { SecretSpec } from '../../lib/graph/secret-spec';
import type { Answer, Api } from './api';
import { Problem } from './deadline';
import type { Data } from './values';

interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret in the cluster. */
export interface Stored {
  readonly data: Data;
  readonly resourceVersion: string;
  readonly immutable: boolean;
  readonly deleting: boolean;
}

/** The fields of v1 Secret and meta/v1 Status that are read here. */
interface Body {
  readonly metadata?: { readonly resourceVersion?: string; readonly deletionTimestamp?: string };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly immutable?: boolean;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly field?: string }[] };
}

/** The three operations of the Job on Secrets. A string instead of a Secret says what to wait for. */
export class Secrets {
  constructor(private readonly api: Api) {}

  async get(secret: SecretName): Promise<Stored | string | undefined> {
    const answer = await this.api.send('GET', path(secret));
    if (answer.status === 404) return undefined;
    return stored(answer) ?? refusal('get', secret, answer);
  }

  async create(spec: SecretSpec, data: Data): Promise<Stored | string> {
    const { namespace, name, labels, annotations, type = 'Opaque' } = spec;
    const metadata = { namespace, name, labels, annotations };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, type, data: encoded(data) };
    const answer = await this.api.send('POST', path({ namespace }), object);
    if (answer.status === 409) return 'another look: somebody else was faster';
    // Reported by the admission plugin NamespaceLifecycle (apiserver pkg/admission/plugin/namespace/lifecycle).
    if (answer.status === 404) return `namespace ${namespace} to be created`;
    if (causes(answer).some((cause) => cause.reason === 'NamespaceTerminating')) {
      return `namespace ${namespace}, which is being deleted, to be gone and created again`;
    }
    return stored(answer) ?? refusal('create', spec, answer, [...data.keys()]);
  }

  /** Adds keys to the Secret as it was read; whatever happened to it since then makes the server refuse. */
  async add(secret: SecretName, { resourceVersion }: Stored, added: Data): Promise<Stored | string> {
    const change = { metadata: { resourceVersion }, data: encoded(added) };
    const answer = await this.api.send('PATCH', path(secret), change, 'application/merge-patch+json');
    if (answer.status === 409 || answer.status === 404) return 'another look: somebody else was faster';
    return stored(answer) ?? refusal('patch', secret, answer, [...added.keys()]);
  }
}

const path = ({ namespace, name }: { namespace: string; name?: string }): string =>
  `/api/v1/namespaces/${namespace}/secrets${name === undefined ? '' : `/${name}`}`;

const encoded = (data: Data) => Object.fromEntries([...data].map(([key, value]) => [key, value.toString('base64')]));

const causes = ({ body }: Answer) => (body as Body | undefined)?.details?.causes ?? [];

function stored({ status, body }: Answer): Stored | undefined {
  const { metadata, data, immutable } = (body ?? {}) as Body;
  if (status >= 300 || metadata?.resourceVersion === undefined) return undefined;
  return {
    data: new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    resourceVersion: metadata.resourceVersion,
    immutable: immutable === true,
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/**
 * What to wait for after a refusal by RBAC: an API server that is starting refuses everything whose Roles it has not
 * loaded yet. Every other refusal is final.
 *
 * @throws Problem in our own words: the server's message may quote the object, and so a value
 */
function refusal(verb: string, secret: SecretName, answer: Answer, keys: readonly string[] = []): string {
  const { namespace, name } = secret;
  const reason = `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim();
  const advice = adviceOn(answer, keys);
  if (advice === undefined) return `the Job's Role to allow the verb ${verb} on ${namespace}/${name} (${reason})`;
  throw new Problem(`cannot ${verb} secrets "${name}" in namespace "${namespace}": ${reason} — ${advice}`);
}

/** Advice on causes other than a Role. */
function adviceOn(answer: Answer, keys: readonly string[]): string | undefined {
  const message = (answer.body as Body | undefined)?.message ?? '';
  if (answer.status === 401) return "the API server does not accept the token of the Job's ServiceAccount";
  if (/denied the request/.test(message)) return 'an admission webhook or policy of the cluster denies it';
  if (/exceeded quota/.test(message)) return 'a ResourceQuota of the namespace is used up';
  if (answer.status === 403) return undefined;
  const printable = ['type', 'data', 'metadata.labels', 'metadata.annotations', ...keys.map((key) => `data[${key}]`)];
  const fields = causes(answer).flatMap(({ field }) => printable.find((known) => known === field) ?? []);
  const where = fields.length === 0 ? '' : `; look at ${[...new Set(fields)].join(', ')}`;
  return `its text is left out, since it may quote a value${where}`;
}
