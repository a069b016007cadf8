import type { KubernetesObject } from '../../../../lib/kubernetes/object';
import { synthesize } from '../../../../charts/synthesize';
import type { ruleOf } from '../../../../charts/prometheus/alert-rules';
import { longestModelName } from '../../../../charts/models/config';
import { creditcard, parse } from '../../../support/config';

type Rule = ReturnType<typeof ruleOf>;

/** The longest that a model may have. */
export const longName = `fraud-detection-${'x'.repeat(longestModelName - 16)}`;

/** Everything that can be watched, with a model that has limits of its own beside one that has none. */
const complete = {
  models: [
    {
      ...creditcard,
      name: longName,
      canary: { uri: 's3://models/creditcard/2', traffic: 10 },
      shadow: { uri: 's3://models/creditcard/3' },
    },
    { ...creditcard, drift: { registeredModel: { name: 'creditcard', version: 1 }, detectors: ['mmd'] } },
    { ...creditcard, name: 'exact', alerts: { errorRate: 0.001, p95Seconds: 0.2 } },
  ],
  services: {
    mlflow: { expose: { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'mlflow-tls', withoutLogin: true } },
    grafana: {},
  },
};

export async function platformObjects(keys: object = complete): Promise<KubernetesObject[]> {
  const { files } = await synthesize(parse(keys));
  return files.flatMap(({ objects }) => objects);
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] };
  readonly panels: readonly Panel[];
}

export const dashboardsIn = (objects: readonly KubernetesObject[]): Dashboard[] =>
  objects
    .filter(({ metadata }) => metadata.name.startsWith('grafana-dashboard-'))
    .flatMap(({ data }) => Object.values(data as Record<string, string>))
    .map((text) => JSON.parse(text) as Dashboard);

interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export const groupsIn = (objects: readonly KubernetesObject[]): Group[] =>
  objects.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => (spec as { groups: Group[] }).groups);
