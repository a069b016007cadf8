import { ApiError, type Status } from '../api/api-error';
import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';

/** Why a request was rejected. */
export interface Rejection {
  /** Whether the same request may succeed later without any action. */
  readonly transient: boolean;
  /** What is wrong, and what to do. */
  readonly text: string;
}

/** Our name in `managedFields`, by which the API server tracks the fields that we own. */
export const fieldManager = 'mlops-infra';

/** Explains why an object could not be applied. */
export function explainRejection(error: ApiError, object: KubernetesObject): Rejection {
  const { status } = error;
  if (status === undefined) return transient(`the API server cannot be reached: ${error.message}`);
  const text = status.message ?? error.message;
  const webhook = /failed calling webhook "([^"]+)"/.exec(text)?.[1];
  if (webhook !== undefined) return transient(webhookText(webhook, text));
  if (error.transient) return transient(`the API server is in trouble: ${text}`);
  switch (error.code) {
    case 401:
      return final('the cluster does not accept your credentials any more (log in again, then run this again)');
    case 403:
      return forbidden(status, text, object);
    case 404:
      // A new definition or namespace takes a moment to reach every part of the API server.
      return transient(`not there yet: ${text}`);
    case 409:
      return conflict(status, text, object);
    case 422:
      return final(invalid(status, text, object));
    default:
      return final(text);
  }
}

const transient = (text: string): Rejection => ({ transient: true, text });
const final = (text: string): Rejection => ({ transient: false, text });

/** The API server's message contains the called address and the failure. */
function webhookText(name: string, text: string): string {
  const cause = text.slice(text.indexOf(`"${name}"`) + name.length + 2).replace(/^:\s*/, '');
  return (
    `the webhook ${name} must agree, but cannot be asked: ${cause} (see whether its pods run; ` +
    'if its program is gone for good, delete its webhook configuration)'
  );
}

function forbidden(status: Status, text: string, object: KubernetesObject): Rejection {
  const causes = status.details?.causes ?? [];
  if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) {
    return transient(`namespace ${object.metadata.namespace ?? ''} is being deleted`);
  }
  if (/exceeded quota/.test(text)) {
    const { namespace = '' } = object.metadata;
    const quota = text.slice(text.indexOf('exceeded quota'));
    return final(`${quota} (raise the ResourceQuota of ${namespace}, choose a smaller size, or free something there)`);
  }
  if (/is attempting to grant RBAC permissions not currently held/.test(text)) {
    return final(`you cannot grant rights that you lack: ${text} (let an administrator of the cluster deploy)`);
  }
  return final(text);
}

/** A field of an apply that another manager owns. */
export interface FieldConflict {
  readonly field: string;
  readonly manager: string;
}

/** The fields of a failed apply that other managers own; none for any other error. */
export function conflictsOf({ status }: ApiError): FieldConflict[] {
  return (status?.details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({ field, manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? '?' }));
}

function conflict(status: Status, text: string, object: KubernetesObject): Rejection {
  const conflicts = conflictsOf(new ApiError(409, text, status));
  if (conflicts.length === 0) return transient(`another client changed it at the same time: ${text}`);
  const fields = conflicts.map(({ field, manager }) => `${field} (by ${manager})`).join(', ');
  const name = nameOf(object);
  return final(
    `set to another value by another field manager: ${fields}. Put the same value into the config; or take the fields back ` +
      `with kubectl apply --server-side --force-conflicts --field-manager=${fieldManager} -f FILE, for the file of ${name}`,
  );
}

/** How to change a field that is immutable, by kind. */
function immutableRemedy(object: KubernetesObject, field: string): string | undefined {
  const { kind, metadata } = object;
  const scope = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  const remove = `kubectl${scope} delete ${kind.toLowerCase()} ${metadata.name}`;
  switch (kind) {
    case 'StatefulSet':
      return `its pods and volumes stay when you remove it alone: ${remove} --cascade=orphan; then run this again${growth(object)}`;
    case 'PersistentVolumeClaim':
      return /storage/.test(field)
        ? 'a volume can grow but not shrink: put the old size back into the config'
        : `copy its data away first, because its volume may go with it: ${remove}; then run this again`;
    case 'Job':
      return `a Job cannot be changed: ${remove}; then run this again`;
    case 'Deployment':
    case 'DaemonSet':
      return `its pods stop until it is made anew: ${remove}; then run this again`;
    case 'Service':
      return `it gets another address when it is made anew: ${remove}; then run this again`;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
    case 'StorageClass':
    case 'ConfigMap':
    case 'Secret':
      return `${remove}; then run this again`;
    default:
      return undefined;
  }
}

/** How the volumes of a StatefulSet get the size of its templates, which holds for new ones only. */
function growth({ metadata, spec }: KubernetesObject): string {
  const { replicas = 1, volumeClaimTemplates = [] } = (spec ?? {}) as StatefulSetSpec;
  const commands = volumeClaimTemplates.flatMap((claim) =>
    Array.from({ length: replicas }, (_, index) => {
      const { requests } = claim.spec.resources;
      const patch = JSON.stringify({ spec: { resources: { requests: { storage: requests.storage } } } });
      return `kubectl -n ${metadata.namespace ?? ''} patch pvc ${claim.metadata.name}-${metadata.name}-${index} --patch '${patch}'`;
    }),
  );
  return commands.length === 0
    ? ''
    : `. If a size has grown, its volumes grow with their claims: ${commands.join('; ')}`;
}

interface StatefulSetSpec {
  readonly replicas?: number;
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
  }[];
}

/** Messages of k8s.io/apimachinery's ValidateImmutableField and of the rules of single kinds (pkg/apis). */
const immutable =
  /immutable|updates to statefulset spec|cannot change|may not change|can not be less than previous|once set/i;

function invalid(status: Status, text: string, object: KubernetesObject): string {
  const causes = status.details?.causes ?? [];
  if (causes.length === 0) return text;
  return causes
    .map(({ field = '', message = '' }) => {
      if (!immutable.test(message)) return `${field}: ${message}`;
      const remedy = immutableRemedy(object, `${field} ${message}`);
      const short = message.replace(/^Invalid value: .*?: (?=[^:]*$)/s, '');
      return `${field}: cannot be changed (${short})${remedy === undefined ? '' : `. What to do: ${remedy}`}`;
    })
    .join('; ');
}
