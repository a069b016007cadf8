import { join } from 'node:path';
import { declared } from '../../../../charts/catalog';
import { inParallel } from '../../../../cluster/api/api';
import { isOriginal } from '../../../../lib/checks/exceptions';
import { type KubernetesObject, nameOf, podTemplateOf } from '../../../../lib/kubernetes/object';
import { ControlPlane } from '../control-plane';
import { type Platform, richConfig, synthesizeTo, type Variant } from '../platform';
import { type KubernetesVersion, newestVersion, pinOf } from '../tools';
import { describeVariants } from '../variants';
import { eventually } from '../workspace';
import { madeTwice } from './made-twice';
import { rightsTests } from './rights';

/** Objects that kubectl sends to the API server every time, with no effect: it reports `configured`. */
const sentEveryTime: readonly { readonly reason: string; readonly is: (object: KubernetesObject) => boolean }[] = [
  {
    // kubernetes 1.36.3, staging/src/k8s.io/api/policy/v1/types.go: patchStrategy replace.
    reason: 'the selector of a PodDisruptionBudget is replaced as a whole, changed or not',
    is: ({ kind }) => kind === 'PodDisruptionBudget',
  },
  {
    // kubernetes 1.36.3, staging/src/k8s.io/api/core/v1/types.go: write-only.
    reason: 'stringData is never read back; it stays because a reviewer can read it',
    is: ({ kind, stringData }) => kind === 'Secret' && stringData !== undefined,
  },
  {
    reason: 'the API server adds a status to each volume claim of a StatefulSet, which is compared as a whole',
    is: ({ kind, spec }) => kind === 'StatefulSet' && 'volumeClaimTemplates' in (spec as object),
  },
  { reason: 'how the original charts write what the API server would fill in is their choice', is: isOriginal },
];

/** Warnings of the API server that are known, each with its reason. */
const knownWarnings: readonly { readonly text: string; readonly reason: string }[] = [
  {
    text: 'Warning: unrecognized format "binary"',
    reason: 'the original definition of VirtualService has this format, which Kubernetes knows no rule for',
  },
];

/**
 * Pods that the API server refuses as long as no istiod answers its webhook, whose failurePolicy is Fail: those of the
 * original gateway chart, which has istiod write their container. Their ReplicaSets try again until it runs.
 */
const waitsForIstiod = (object: KubernetesObject): boolean =>
  podTemplateOf(object)?.metadata?.labels?.['sidecar.istio.io/inject'] === 'true';
const refusal = /failed calling webhook "object\.sidecar-injector\.istio\.io"/;

interface Live extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly resourceVersion: string };
}

/** A whole platform on a real API server. The tests follow one another on one cluster, as a user's commands do. */
export const applyTests = (version: KubernetesVersion): void =>
  describeVariants(version, 'a whole platform', ofVariant);

function ofVariant({ version, charts }: Variant): void {
  let cluster: ControlPlane;
  let platform: Platform;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version });
    await cluster.startControllers();
    platform = await synthesizeTo(cluster.path('dist'), { ...richConfig, charts });
  });
  afterAll(() => cluster.stop());

  const apply = (...args: string[]) => cluster.kubectl(['apply', ...args, '-f', platform.folder]);
  const versions = async (): Promise<string[]> => {
    const { items } = await cluster.json<{ items: Live[] }>('get', '-f', platform.folder);
    return items.map((object) => `${nameOf(object)} ${object.metadata.resourceVersion}`);
  };

  test('is tried on the release that go.mod pins', async () => {
    const { gitVersion } = await cluster.api.must<{ gitVersion: string }>('GET', '/version');
    expect(gitVersion).toBe(pinOf('k8s.io/kubernetes', `kubernetes-${version}`));
  });

  test('is created by the first kubectl apply, but for the objects of kinds that it has just defined', async () => {
    const { code, stdout, stderr } = await apply();
    const missing =
      /resource mapping not found for name: "(\S*)" namespace: "(\S*)" from "\S*": no matches for kind "(\S*)" in version "\S*"\nensure CRDs are installed first/g;
    const unknown = [...stderr.matchAll(missing)].map(
      ([, name, namespace, kind]) => `${kind ?? ''}/${namespace ?? ''}/${name ?? ''}`,
    );
    const own = platform.objects.filter((object) => isOfOwnKind(object, platform.objects));
    expect(unexpected(stderr.replaceAll(missing, '')).replaceAll(/[[\],\s]/g, '')).toBe('');
    expect(unknown.sort()).toEqual(own.map(nameOf).sort());
    expect(code).toBe(1);
    expect(linesOf(stdout).filter((line) => !line.endsWith(' created'))).toEqual([]);
    expect(linesOf(stdout)).toHaveLength(platform.objects.length - own.length);
  });

  test('is completed by the second, without an error or a warning', async () => {
    const { code, stdout, stderr } = await apply();
    expect({ code, stderr: unexpected(stderr) }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)).toHaveLength(platform.objects.length);
  });

  test('makes its pods, and nothing keeps one from being created', async () => {
    const expected = platform.objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
    await eventually('every workload has its pods', async () => {
      const types = 'deployments,statefulsets,jobs';
      const { items } = await cluster.json<{ items: Workload[] }>('get', types, '--all-namespaces');
      const done = items.filter(hasItsPods).map((workload) => nameOf(workload));
      const waiting = expected.filter((object) => !waitsForIstiod(object) && !done.includes(nameOf(object)));
      if (waiting.length > 0) throw new Error(waiting.map(nameOf).join(', '));
      return true;
    });
    const { items } = await cluster.json<{ items: Event[] }>('get', 'events', '--all-namespaces');
    // The API server mends what it keeps of Services by itself (kubernetes 1.36.3, ipallocator/controller).
    const own = items.filter(({ reportingComponent }) => reportingComponent !== 'ipallocator-repair-controller');
    const warnings = own.filter(({ type }) => type !== 'Normal');
    const known = ({ message }: Event): boolean =>
      madeTwice(message, platform.objects) || (refusal.test(message) && expected.some(waitsForIstiod));
    expect(warnings.filter((event) => !known(event)).map(({ reason, message }) => `${reason}: ${message}`)).toEqual([]);
  });

  test('is not changed by a third', async () => {
    const before = await versions();
    const { code, stdout, stderr } = await apply();
    expect({ code, stderr: unexpected(stderr) }).toEqual({ code: 0, stderr: '' });
    expect(await versions()).toEqual(before);
    const changed = linesOf(stdout).filter((line) => !line.endsWith(' unchanged'));
    const excused = platform.objects.filter((object) => sentEveryTime.some(({ is }) => is(object)));
    expect(changed.filter((line) => !excused.some((object) => line === configured(object)))).toEqual([]);
  });

  test('has no field that the API server does not know, and no version that it deprecates', async () => {
    const strict = [
      '--server-side',
      '--dry-run=server',
      '--validate=strict',
      '--field-manager=strict',
      '--force-conflicts',
    ];
    const { code, stdout, stderr } = await apply(...strict);
    expect({ code, stderr: unexpected(stderr) }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)).toHaveLength(platform.objects.length);
  });

  test('has only pods that their namespaces admit, and that are as restricted as a pod can be but for those excepted', async () => {
    const warn = 'pod-security.kubernetes.io/warn=restricted';
    expect((await cluster.kubectl(['label', 'namespaces', '--all', '--overwrite', warn])).code).toBe(0);
    const findings = await inParallel(platform.objects, async (workload): Promise<string[]> => {
      const pod = podOf(workload);
      if (pod === undefined) return [];
      const path = `/api/v1/namespaces/${workload.metadata.namespace ?? ''}/pods?dryRun=All`;
      const { status, body, warnings } = await cluster.api.send('POST', path, { body: pod });
      const refused = status < 300 ? '' : (body as { message: string }).message;
      if (waitsForIstiod(workload) && refusal.test(refused)) return [];
      const excepted =
        isOriginal(workload) ||
        declared.checks.podExceptions.some(
          (exception) =>
            exception.controls !== undefined && exception.workload === `${workload.kind}/${workload.metadata.name}`,
        );
      if (refused !== '' || (warnings.length > 0 && !excepted))
        return [`${nameOf(workload)}: ${[refused, ...warnings].join(' ')}`];
      if (warnings.length === 0 && excepted && !isOriginal(workload))
        return [`${nameOf(workload)}: needs no exception`];
      return [];
    });
    expect((await cluster.kubectl(['label', 'namespaces', '--all', 'pod-security.kubernetes.io/warn-'])).code).toBe(0);
    expect((await cluster.kubectl(['apply', '-f', join(platform.folder, '00-namespaces.yaml')])).code).toBe(0);
    expect(findings.flat()).toEqual([]);
  });

  rightsTests(() => ({ cluster, platform, charts }));

  // Namespaces take their time to end, and know nothing of where their objects come from.
  const ends = charts === 'bundled' && version === newestVersion ? test : test.skip;
  ends('is gone after kubectl delete', async () => {
    // Whether each is gone, kubectl would ask ten times a second: for forty seconds after the last one is.
    const remove = ['delete', '--ignore-not-found', '--wait=false', '-f', platform.folder];
    const { code, stderr } = await cluster.kubectl(remove);
    expect({ code, stderr: unexpected(stderr) }).toEqual({ code: 0, stderr: '' });
    const places = platform.objects.filter(({ kind }) => ['Namespace', 'CustomResourceDefinition'].includes(kind));
    const standing = async (): Promise<string> =>
      (await cluster.kubectl(['get', 'namespaces,crds', '-o', 'name'])).stdout;
    await eventually(
      'namespaces and definitions are gone',
      async () => {
        const names = linesOf(await standing()).map((line) => line.replace(/^.*\//, ''));
        return !places.some(({ metadata }) => names.includes(metadata.name));
      },
      { seconds: 120 },
    );
    const left = ['get', '--ignore-not-found', '-o', 'name', '-f', platform.folder];
    await eventually('every object is gone', async () => (await cluster.kubectl(left)).stdout === '');
  });
}

interface Workload extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly generation: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly active?: number;
  };
}

interface Event {
  readonly reportingComponent: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** Nothing runs the pods: a StatefulSet stays at the first of those that it starts in order. */
function hasItsPods({ kind, metadata, spec, status }: Workload): boolean {
  if (kind === 'Job') return (status.active ?? 0) > 0;
  if (status.observedGeneration !== metadata.generation) return false;
  const pods = status.replicas ?? 0;
  return kind === 'StatefulSet' ? pods > 0 : pods === spec.replicas;
}

/** What is left of a text without the warnings that are known. */
const unexpected = (stderr: string): string =>
  linesOf(stderr)
    .filter((line) => !knownWarnings.some(({ text }) => line === text))
    .join('\n');

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function isOfOwnKind({ apiVersion, kind }: KubernetesObject, all: readonly KubernetesObject[]): boolean {
  const group = apiVersion.split('/')[0];
  return all.some(({ kind: type, spec }) => {
    if (type !== 'CustomResourceDefinition') return false;
    const definition = spec as { group: string; names: { kind: string } };
    return definition.group === group && definition.names.kind === kind;
  });
}

/** How kubectl names an object that it has sent to the API server. */
function configured({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [];
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${metadata.name} configured`;
}

/** A pod as the controller of a workload would create it. */
function podOf(workload: KubernetesObject): object | undefined {
  const template = podTemplateOf(workload);
  if (template === undefined) return undefined;
  const { volumeClaimTemplates = [] } = workload.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] };
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: 'probe', namespace: workload.metadata.namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
  };
}
