import { diagnose, type Event } from '../../../cluster/deploy/diagnosis';
import type { LiveObject } from '../../../lib/kubernetes/live-object';
import { object } from '../../support/live-object';

const workload = object('apps/v1', 'Deployment', 'web');
const pod = (status: object, spec: object = {}): LiveObject => object('v1', 'Pod', 'web-1-a', { spec, status });
const waiting = (reason: string, message = '', more: object = {}): LiveObject =>
  pod({
    containerStatuses: [{ name: 'main', image: 'example.org/web:1', state: { waiting: { reason, message } }, ...more }],
  });
const warning = (kind: string, name: string, reason: string, message: string, lastTimestamp = ''): Event => ({
  type: 'Warning',
  reason,
  message,
  lastTimestamp,
  involvedObject: { kind, name },
});
const linesOf = (pods: readonly LiveObject[], ...events: readonly Event[]): string =>
  diagnose(workload, pods, events).join('\n');

test.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])(
  '%s names the image and where images come from',
  (reason) => {
    expect(linesOf([waiting(reason, 'not found')])).toBe(
      'pod web-1-a, container main: the node cannot get the image example.org/web:1: not found (see images in config.ts: registry, overrides, pullSecrets)',
    );
  },
);

describe('what the kubelet retries keeps one line', () => {
  const image = 'localhost/web:1';
  const refused = (from: string): string =>
    `failed to resolve reference "${image}": failed to do request: Head "https://localhost/v2/web/manifests/1": dial tcp ${from}: connect: connection refused`;
  const container = (state: object, more: object = {}): LiveObject =>
    pod({ containerStatuses: [{ name: 'main', image, ready: false, restartCount: 2, state, ...more }] });
  const pulling = (reason: string, message = ''): LiveObject => container({ waiting: { reason, message } });
  const failed = warning('Pod', 'web-1-a', 'Failed', `Failed to pull image "${image}": ${refused('127.0.0.1:443')}`);
  const again = warning('Pod', 'web-1-a', 'Failed', 'Error: ImagePullBackOff', '2026-01-01T00:00:00Z');

  test('while an image cannot be pulled, from whichever address', () => {
    const lines = [
      pulling('ErrImagePull', refused('127.0.0.1:443')),
      pulling('ErrImagePull', refused('[::1]:443')),
      pulling('ImagePullBackOff', `Back-off pulling image "${image}"`),
      pulling('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${refused('[::1]:443')}`),
      pulling('ContainerCreating'),
    ].map((state) => linesOf([state], failed, again));
    expect(new Set(lines)).toEqual(
      new Set([
        `pod web-1-a, container main: the node cannot get the image ${image}: ${refused('X').replace('dial tcp X: ', '')} (see images in config.ts: registry, overrides, pullSecrets)`,
      ]),
    );
  });

  test('unless another error takes its place', () => {
    const lines = [refused('[::1]:443'), 'unauthorized'].map((message) => linesOf([pulling('ErrImagePull', message)]));
    expect(new Set(lines).size).toBe(2);
  });

  test('while a container ends again and again', () => {
    const terminated = { exitCode: 3, reason: 'Error' };
    const lines = [
      container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated } }),
      container({ running: {} }, { lastState: { terminated } }),
      container({ terminated }),
    ].map((state) => linesOf([state], warning('Pod', 'web-1-a', 'BackOff', 'Back-off restarting failed container')));
    expect(new Set(lines)).toEqual(
      new Set([
        'pod web-1-a, container main keeps ending with exit code 3 (kubectl -n here logs web-1-a -c main --previous)',
      ]),
    );
  });

  test('and what is not retried is told as it ended', () => {
    const containerStatuses = [{ name: 'main', state: { terminated: { exitCode: 3 } } }];
    expect(linesOf([pod({ containerStatuses }, { restartPolicy: 'Never' })])).toBe(
      'pod web-1-a, container main has ended with exit code 3 (kubectl -n here logs web-1-a -c main)',
    );
  });
});

test('a Secret that is missing is named, with who makes it', () => {
  expect(linesOf([waiting('CreateContainerConfigError', 'secret "mlflow-db" not found')])).toContain(
    'waits for Secret here/mlflow-db (the Job of 20-credentials.yaml makes it, and its log says what is amiss; with another secrets.mode you or your operator make it)',
  );
});

test('a container that keeps exiting is reported with its exit code and how to read its log', () => {
  const crash = waiting('CrashLoopBackOff', '', { lastState: { terminated: { exitCode: 3, reason: 'Error' } } });
  expect(linesOf([crash])).toContain('keeps ending with exit code 3 (kubectl -n here logs web-1-a -c main --previous)');
  const killed = waiting('CrashLoopBackOff', '', { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } });
  expect(linesOf([killed])).toContain('keeps ending, out of memory');
});

test('an init container comes before the containers that wait for it', () => {
  const status = {
    initContainerStatuses: [{ name: 'first', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    containerStatuses: [{ name: 'main', state: { waiting: { reason: 'PodInitializing' } } }],
  };
  expect(linesOf([pod(status)])).toContain('container first keeps ending');
});

const unscheduled = {
  conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu.' }],
};

test('no node has room', () => {
  expect(linesOf([pod(unscheduled)])).toContain(
    'pod web-1-a has no node: 0/3 nodes are available: 3 Insufficient cpu.',
  );
});

test('a volume is pending: the claim and its event, not the scheduler', () => {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web' } }];
  const event = warning('PersistentVolumeClaim', 'data-web', 'FailedBinding', 'no storage class is set');
  const lines = linesOf([pod(unscheduled, { volumes })], event);
  expect(lines).toContain('waits for its volume: PersistentVolumeClaim here/data-web: no storage class is set');
  expect(lines).not.toContain('has no node');
});

test('without pods the newest event of their controller is the reason, never that of a neighbour', () => {
  const lines = linesOf(
    [],
    warning('ReplicaSet', 'web-1', 'FailedCreate', 'older', '2026-01-01T00:00:00Z'),
    warning('ReplicaSet', 'web-1', 'FailedCreate', 'exceeded quota: tight', '2026-01-02T00:00:00Z'),
    warning('ReplicaSet', 'website-1', 'FailedCreate', 'of another', '2026-01-03T00:00:00Z'),
  );
  expect(lines).toBe('no pod can be made: exceeded quota: tight (raise the ResourceQuota, or choose a smaller size)');
});

test('a volume that cannot be mounted is reported with its event', () => {
  const event = warning(
    'Pod',
    'web-1-a',
    'FailedMount',
    'MountVolume.SetUp failed for volume "tls": secret "tls" not found',
  );
  expect(linesOf([waiting('ContainerCreating')], event)).toContain('pod web-1-a: MountVolume.SetUp failed');
});

test('a failing probe is reported with how to read the log', () => {
  const running = pod({ containerStatuses: [{ name: 'main', ready: false, restartCount: 0, state: { running: {} } }] });
  const event = warning('Pod', 'web-1-a', 'Unhealthy', 'Readiness probe failed: connection refused');
  expect(linesOf([running], event)).toContain(
    'runs but is not ready: Readiness probe failed: connection refused (kubectl -n here logs',
  );
});

test('pods that are ready, or have ended well, are no cause', () => {
  const ready = pod({
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'main', state: { waiting: { reason: 'X' } } }],
  });
  expect(linesOf([ready, pod({ phase: 'Succeeded' })])).toBe('');
});

test('what many pods have in common is reported once', () => {
  expect(diagnose(workload, [waiting('Strange'), waiting('Strange')], [])).toHaveLength(1);
});

describe('a pod of a StatefulSet that cannot become ready', () => {
  const left = 'pod web-1-a is from before the change and not ready, and Kubernetes replaces it only once it is';
  const of = (revision: string, spec: object = {}, more: object = {}): string[] => {
    const set = object('apps/v1', 'StatefulSet', 'web', { spec, status: { updateRevision: 'web-2' } });
    const broken = waiting('CrashLoopBackOff');
    const labels = { 'controller-revision-hash': revision };
    return diagnose(set, [{ ...broken, metadata: { ...broken.metadata, labels, ...more } }], []);
  };

  test('is to be deleted by hand after a change, which Kubernetes does not bring to it', () => {
    expect(of('web-1')).toEqual([`${left} (kubectl -n here delete pod web-1-a)`]);
  });

  test('is told of by its cause where it has the change, goes already, or is replaced all the same', () => {
    for (const lines of [
      of('web-2'),
      of('web-1', { podManagementPolicy: 'Parallel' }),
      of('web-1', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ])
      expect(lines).toEqual([expect.stringContaining('container main keeps ending')]);
  });
});
