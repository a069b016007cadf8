import type { Container, EnvVar } from '../../../../lib/kubernetes/object';
import { dataOf, fieldOf, type PodIdentity } from './identity';

/** Where every image looks for programs, unless it says otherwise. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Environment of a container, as a kubelet makes it. @throws Error for a Secret or ConfigMap that is not there */
export async function environmentOf(pod: PodIdentity, container: Container): Promise<Record<string, string>> {
  const { cluster } = pod;
  const env: Record<string, string> = {
    PATH: path,
    HOSTNAME: pod.name,
    KUBERNETES_SERVICE_HOST: cluster.host,
    KUBERNETES_SERVICE_PORT: `${cluster.port}`,
  };
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    const reference = secretRef ?? configMapRef;
    const data = await dataOf(pod, secretRef === undefined ? 'configmap' : 'secret', reference?.name ?? '');
    if (data === undefined && reference?.optional !== true) throw new Error(`${pod.name}: no ${reference?.name ?? ''}`);
    for (const [key, value] of data ?? []) env[key] = value.toString();
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(pod, container, variable);
    if (value !== undefined) env[variable.name] = expand(value, env);
  }
  return env;
}

/** Command and arguments with `$(NAME)` replaced. */
export const commandOf = (container: Container, entrypoint: readonly string[], env: Record<string, string>): string[] =>
  [...(container.command ?? entrypoint), ...(container.args ?? [])].map((argument) => expand(argument, env));

/** `$(NAME)` → its value, `$$` → `$`; unknown names stay (k8s.io/kubernetes, third_party/forked/golang/expansion). */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^)]+)\))/g, (match, name?: string) =>
    name === undefined ? '$' : (env[name] ?? match),
  );
}

interface ExtendedEnvVar extends Omit<EnvVar, 'valueFrom'> {
  readonly valueFrom?: EnvVar['valueFrom'] & {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: { readonly resource: string };
  };
}

async function valueOf(pod: PodIdentity, container: Container, variable: ExtendedEnvVar): Promise<string | undefined> {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  if (resourceFieldRef !== undefined) return resourceOf(container, resourceFieldRef.resource);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (reference === undefined) return variable.value ?? '';
  const data = await dataOf(pod, secretKeyRef === undefined ? 'configmap' : 'secret', reference.name);
  const value = data?.get(reference.key)?.toString();
  if (value === undefined && reference.optional !== true) {
    throw new Error(`${pod.name}: ${variable.name} needs the key ${reference.key} of ${reference.name}`);
  }
  return value;
}

const factors: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** `limits.cpu` in whole CPUs, rounded up, and `limits.memory` in bytes: the divisor is 1. */
function resourceOf(container: Container, resource: string): string {
  const [, list, name] = /^(limits|requests)\.(cpu|memory)$/.exec(resource) ?? [];
  const quantity = `${container.resources?.[list as 'limits' | 'requests']?.[name ?? ''] ?? ''}`;
  const [, amount, unit] = /^([\d.]+)(m|[KMG]i)?$/.exec(quantity) ?? [];
  if (amount === undefined) throw new Error(`${container.name}: these tests cannot read ${resource} "${quantity}"`);
  return `${Math.ceil(unit === 'm' ? Number(amount) / 1000 : Number(amount) * (factors[unit ?? ''] ?? 1))}`;
}
