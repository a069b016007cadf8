import { App } from 'cdk8s';
import { buildPlatform } from '../../charts/platform';
import { ServiceChart } from '../../lib/graph/service-chart';
import type { KubernetesObject } from '../../lib/kubernetes/object';
import { completeConfig } from './complete-config';
import { objectsOf, titleOf } from './service';
import { expectYaml } from './yaml';

const programs = {
  credentials: '// credentials\n',
  minioProvision: '# provision\n',
  prefectBootstrap: '# bootstrap\n',
  retraining: '# retraining\n',
};

let app: App | undefined;

/** Every chart of the platform of the complete config, wired as it is for users; built once for each test file. */
export function completeCharts(): readonly ServiceChart[] {
  if (app === undefined) {
    app = new App();
    buildPlatform(app, completeConfig, programs);
  }
  return ServiceChart.allIn(app);
}

/** The objects of one chart of that platform that are ours. */
export function objectsOfComplete(id: string): readonly KubernetesObject[] {
  const chart = completeCharts().find(({ node }) => node.id === id);
  if (chart === undefined) throw new Error(`the complete platform has no chart ${id}`);
  return objectsOf(chart);
}

/** Tests that compare objects of that platform with a snapshot each, and their names with one of all. */
export function testObjects(objects: readonly KubernetesObject[]): void {
  test('are these objects', () => {
    expectYaml(objects.map(titleOf));
  });

  test.each(objects.map((object) => [titleOf(object), object] as const))('have %s', (_, object) => {
    expectYaml(object);
  });
}
