import type { LiveObject } from './live-object';
import { groupOf } from './object';

/** The progress of an object towards being ready. */
export interface Readiness {
  /** `failing`: its operator reports a failure and keeps retrying. */
  readonly state: 'ready' | 'unready' | 'failing' | 'failed';
  /** Why it is not ready, such as `0 of 1 pods are ready`; empty when it is. */
  readonly why: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export const ready: Readiness = { state: 'ready', why: '' };
export const unready = (why: string): Readiness => ({ state: 'unready', why });

/**
 * Whether an object is ready, by the documented meaning of each kind's status (kubernetes.io/docs, "kubectl rollout
 * status" and "Pod conditions"). Kinds without a status are ready as soon as they exist; what operators make ready is
 * declared with a custom resource.
 */
export function readinessOf(object: LiveObject): Readiness {
  if (object.metadata.deletionTimestamp !== undefined) return unready('is being deleted');
  const check = checks[`${groupOf(object)}/${object.kind}`];
  if (check === undefined) return ready;
  const spec = (object.spec ?? {}) as Fields;
  const status = (object.status ?? {}) as Fields;
  const { generation = 0 } = object.metadata;
  const observed = status.observedGeneration;
  if (typeof observed === 'number' && observed < generation)
    return unready('its controller has not seen the change yet');
  return check(spec, status, object);
}

type Fields = Readonly<Record<string, unknown>>;

type Check = (spec: Fields, status: Fields, object: LiveObject) => Readiness;

const checks: Readonly<Record<string, Check>> = {
  '/Namespace': (_, { phase }) => (phase === 'Terminating' ? unready('is being deleted') : ready),
  '/PersistentVolumeClaim': (_, { phase }) => (phase === 'Lost' ? unready('has lost its volume') : ready),
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'batch/Job': job,
};

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const conditionOf = (status: Fields, type: string): Condition | undefined =>
  ((status.conditions ?? []) as readonly Condition[]).find((condition) => condition.type === type);

const holds = (status: Fields, type: string): boolean => conditionOf(status, type)?.status === 'True';

function definition(_: Fields, status: Fields): Readiness {
  const names = conditionOf(status, 'NamesAccepted');
  if (names?.status === 'False') return unready(`its names are not accepted: ${names.message ?? names.reason ?? ''}`);
  return holds(status, 'Established') ? ready : unready('is not established yet');
}

function deployment(spec: Fields, status: Fields): Readiness {
  const wanted = count(spec.replicas ?? 1);
  const failure = conditionOf(status, 'ReplicaFailure');
  if (failure?.status === 'True') return unready(`no pod could be made: ${failure.message ?? failure.reason ?? ''}`);
  if (count(status.updatedReplicas) < wanted) return pods('made', count(status.updatedReplicas), wanted);
  const [available, all] = [count(status.availableReplicas), count(status.replicas)];
  if (available < wanted) return pods('ready', available, wanted);
  if (all > count(status.updatedReplicas)) return unready('waits for old pods to end');
  if (all > wanted) return surplus(all, wanted);
  // A Deployment without pods has no observedGeneration until its controller has processed it.
  return status.observedGeneration === undefined ? unready('its controller has not seen it yet') : ready;
}

function statefulSet(spec: Fields, status: Fields): Readiness {
  const wanted = count(spec.replicas ?? 1);
  const [made, all] = [count(status.readyReplicas), count(status.replicas)];
  if (made < wanted) return pods('ready', made, wanted);
  if (all > wanted) return surplus(all, wanted);
  if (status.updateRevision !== status.currentRevision && count(status.updatedReplicas) < wanted) {
    return pods('of the new revision', count(status.updatedReplicas), wanted);
  }
  return status.observedGeneration === undefined ? unready('its controller has not seen it yet') : ready;
}

function daemonSet(_: Fields, status: Fields): Readiness {
  if (status.observedGeneration === undefined) return unready('its controller has not seen it yet');
  const wanted = count(status.desiredNumberScheduled);
  const updated = count(status.updatedNumberScheduled);
  if (updated < wanted) return pods('of the new revision', updated, wanted);
  const available = count(status.numberAvailable);
  return available < wanted ? pods('ready', available, wanted) : ready;
}

function job(_: Fields, status: Fields): Readiness {
  if (holds(status, 'Complete')) return ready;
  const failed = conditionOf(status, 'Failed');
  if (failed?.status === 'True') {
    return { state: 'failed', why: `has failed: ${failed.message ?? failed.reason ?? 'no reason given'}` };
  }
  return unready(count(status.active) > 0 ? 'is running' : 'has not started yet');
}

const pods = (what: string, some: number, all: number): Readiness => unready(`${some} of ${all} pods are ${what}`);

/** After scaling down: the pods that are about to go count as ready ones, so they hide those that are not. */
const surplus = (all: number, wanted: number): Readiness =>
  unready(`has ${all} pods, and waits until ${all - wanted} of them ${all - wanted === 1 ? 'has' : 'have'} ended`);
