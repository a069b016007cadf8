import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml, writeYaml } from '../../../../lib/kubernetes/yaml';
import type { Loose } from '../../../support/config';
import type { Given } from '../given';
import { deaf } from '../listening';
import { nodeStep } from '../step';

interface Mistake {
  /** `<kind>/<name>` of the object that has it. */
  readonly object: string;
  readonly make: (object: Loose) => void;
  /** What `deploy --wait`, or the logs of the pods that are not ready, say of it. */
  readonly named: RegExp;
}

const container = (object: Loose): Loose => object.spec.template.spec.containers[0];

const mistakes: readonly Mistake[] = [
  {
    object: 'StatefulSet/postgresql-mlflow', // a user that its files do not belong to
    make: (object) => {
      Object.assign(object.spec.template.spec.securityContext, { runAsUser: 12_345, runAsGroup: 12_345 });
      Object.assign(container(object).securityContext, { runAsUser: 12_345, runAsGroup: 12_345 });
    },
    named: /pod postgresql-mlflow-0, container setup keeps ending with exit code 1/,
  },
  {
    object: 'Deployment/istio-ingressgateway', // no folder to write into
    make: (object) => {
      const { volumes } = object.spec.template.spec;
      const folders = volumes.filter(({ emptyDir }: Loose) => emptyDir !== undefined).map(({ name }: Loose) => name);
      const { volumeMounts } = container(object);
      container(object).volumeMounts = volumeMounts.filter(({ name }: Loose) => !folders.includes(name));
    },
    named: /pod istio-ingressgateway-\S+, container istio-proxy keeps ending[^]*read-only file system/i,
  },
  {
    object: 'Deployment/kafka-exporter', // a probe of a port that nobody opens
    make: (object) => Object.assign(container(object).readinessProbe.httpGet, { port: 9309 }),
    named: /pod kafka-exporter-\S+, container \S+ runs but is not ready: Readiness probe failed: \S+ "http:\S+:9309/,
  },
  {
    object: 'Deployment/drift-detector-creditcard', // less memory than it needs
    make: (object) =>
      Object.assign(container(object).resources, {
        requests: { cpu: '10m', memory: '16Mi' },
        limits: { memory: '16Mi' },
      }),
    named: /pod drift-detector-creditcard-\S+, container \S+ keeps ending, out of memory/,
  },
];

/** A Service that leads to a port which nobody opens. */
const astray: Mistake = {
  object: 'Service/minio',
  make: (object) => Object.assign(object.spec.ports[0], { targetPort: 9999 }),
  named: /^mlops-minio\/minio, port 9000: ECONNREFUSED$/,
};

/** What is wrong in manifests is found by whoever deploys them, each by its object and its cause. */
export function mistakeTests(given: () => Given): void {
  nodeStep('mistakes in manifests are named, and what is deployed after them mends them', async () => {
    const { cluster, platform } = given();
    const folder = join(cluster.target.home, 'mistaken');
    cpSync(platform.folder, folder, { recursive: true });
    expect(makeIn(folder, [...mistakes, astray])).toEqual([]);
    const said = await platform.deploy('--out', folder, '--timeout', '150s').then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    for (const { named } of mistakes) expect(said).toMatch(named);
    expect(await deaf(cluster)).toContainEqual(expect.stringMatching(astray.named));
    await platform.deployWithRemedies('--timeout', '120s');
    await platform.recovered(240);
    expect(await deaf(cluster)).not.toContainEqual(expect.stringMatching(astray.named));
  });
}

/** Makes mistakes in manifests, and gives those that have found no object. */
function makeIn(folder: string, all: readonly Mistake[]): string[] {
  const open = new Map(all.map((mistake) => [mistake.object, mistake]));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const objects = parseYaml(readFileSync(join(folder, file), 'utf8')) as Loose[];
    for (const object of objects) {
      const name = `${object.kind}/${object.metadata.name}`;
      open.get(name)?.make(object);
      open.delete(name);
    }
    writeFileSync(join(folder, file), objects.map(writeYaml).join('---\n'));
  }
  return [...open.keys()];
}
