import { App } from 'cdk8s';
import { buildPlatform } from '../../../charts/platform';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { parse, type Loose } from '../../support/config';

/** What is written for models, without the Helm charts. */
export function platform(models: readonly object[], keys: object = {}) {
  const app = new App();
  buildPlatform(app, parse({ models, ...keys }), {
    credentials: '',
    minioProvision: '',
    prefectBootstrap: '',
    retraining: '',
  });
  const services = ['models', 'drift', 'topics'];
  const charts = services.map((id) => app.node.tryFindChild(id)).filter((chart) => chart !== undefined);
  const objects = charts.flatMap((chart) => (chart as unknown as { toJson(): KubernetesObject[] }).toJson());
  const get = (kind: string, name: string): Loose =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  return {
    app,
    objects,
    get,
    predictors: (name: string): Loose[] => get('SeldonDeployment', name).spec.predictors as Loose[],
    detector: (name: string): Loose => JSON.parse(get('ConfigMap', `drift-detector-${name}`).data['config.yaml']),
  };
}
