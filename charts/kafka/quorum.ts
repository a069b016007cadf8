import { nameOf, type KubernetesObject } from '../../lib/kubernetes/object';
import type { DataRule } from '../../lib/service/data-rule';

/**
 * The number of voters stays as it is. A static quorum cannot grow or shrink: each broker has its voters on its disk, and
 * ends where the configuration names others (`Configured voter set: [0, 1, 2] is different from the voter set read from
 * the state file: [0]`, Kafka 4.4). Brokers with new disks form a quorum of their own, which knows no topic, and answer
 * the clients.
 *
 * The ConfigMap tells the number, not the StatefulSet: that may be stopped, or removed without its pods and volumes.
 */
export const keepsVoters: DataRule = (planned, live) => {
  const [from, to] = [votersOf(live), votersOf(planned)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const { name, namespace = '' } = planned.metadata;
  const remove = (...names: string[]): string => `kubectl -n ${namespace} delete --ignore-not-found ${names.join(' ')}`;
  const statefulSet = name.replace(/-configuration$/, '');
  const claims = Array.from({ length: Math.max(from, to) }, (_, broker) => `pvc/data-${statefulSet}-${broker}`);
  const consequence =
    to > from
      ? `${from === 1 ? 'broker 0' : 'the old ones'} would not start, and the new ones would answer clients without its data`
      : 'no broker would start';
  return {
    text: `kafka: ${nameOf(planned)} has a quorum of ${counted(from)}, which cannot become one of ${counted(to)}: ${consequence}`,
    remedy:
      `write kafka: { replicas: ${from} } in size.overrides and run npm run synth; or, to start anew without any ` +
      `topic, message and offset, first ${remove(`statefulset/${statefulSet}`, `configmap/${name}`, ...claims)}; or, if the ` +
      `disks are those of ${counted(to)} and the ${from} ${from === 1 ? 'was' : 'were'} applied past this check, ` +
      `first ${remove(`configmap/${name}`)}`,
  };
};

/** The voters in the configuration of the brokers, as both Helm charts write it; undefined in any other object. */
function votersOf({ kind, data }: KubernetesObject): number | undefined {
  if (kind !== 'ConfigMap') return undefined;
  const properties = (data as Readonly<Record<string, string>> | undefined)?.['server.properties'] ?? '';
  return /^controller\.quorum\.voters=(.+)$/m.exec(properties)?.[1]?.split(',').length;
}

const counted = (brokers: number): string => `${brokers} broker${brokers === 1 ? '' : 's'}`;
