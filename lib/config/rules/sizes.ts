import { amountOf } from '../../quantity';
import type { PlatformConfig } from '../parse';
import { isWritten, valueAt, type Path } from '../path';
import { components, singletons, storing, type Component, type ComponentSize } from '../sizes';
import { finding, sourceOf, type Finding, type Rule, type ServiceName } from './rule';

/** The service that a component is a part of. */
const serviceOf: Readonly<Record<Exclude<Component, 'nfsProvisioner'>, ServiceName>> = {
  postgresql: 'postgresql',
  prefectDatabase: 'prefect',
  minio: 'minio',
  mlflow: 'mlflow',
  istiod: 'istio',
  ingressGateway: 'istio',
  egressGateway: 'istio',
  seldonOperator: 'seldon',
  modelServer: 'seldon',
  modelExecutor: 'seldon',
  prefectServer: 'prefect',
  prefectAgent: 'prefect',
  flowRun: 'prefect',
  prometheus: 'prometheus',
  prometheusOperator: 'prometheus',
  alertmanager: 'prometheus',
  nodeExporter: 'prometheus',
  kubeStateMetrics: 'prometheus',
  blackboxExporter: 'prometheus',
  kafka: 'kafka',
  kafkaExporter: 'kafka',
  postgresqlExporter: 'postgresql',
  grafana: 'grafana',
  driftDetector: 'drift',
};

/** Why a component is not installed, as `while …`; undefined where it is. */
function absence(config: PlatformConfig, component: Component): { because: Path; is: string } | undefined {
  const { services, cluster } = config;
  if (component === 'nfsProvisioner') {
    return cluster.nfs === undefined ? { because: ['cluster', 'nfs'], is: 'not set' } : undefined;
  }
  const name = serviceOf[component];
  const service = services[name];
  if (service === false) return { because: ['services', name], is: 'false' };
  if ((component === 'kafkaExporter' || component === 'postgresqlExporter') && services.prometheus === false) {
    return { because: ['services', 'prometheus'], is: 'false' };
  }
  // Of MLflow's server and of Prefect's: without Prefect's it goes with MLflow's.
  if (component === 'postgresqlExporter') {
    return absence(config, 'prefectDatabase') === undefined ? undefined : absence(config, 'postgresql');
  }
  if (component === 'egressGateway' && services.istio !== false && !services.istio.egressGateway) {
    return { because: ['services', 'istio', 'egressGateway'], is: 'false' };
  }
  const external = 'external' in service ? service.external : undefined;
  const database = services.postgresql === false ? undefined : services.postgresql.external;
  if (component === 'postgresql' && services.mlflow === false) return { because: ['services', 'mlflow'], is: 'false' };
  if (component === 'postgresql' || component === 'prefectDatabase') {
    const user = component === 'postgresql' ? 'mlflow' : 'prefect';
    return database?.[user] === undefined
      ? undefined
      : { because: ['services', 'postgresql', 'external', user], is: 'set' };
  }
  return external === undefined ? undefined : { because: ['services', name, 'external'], is: 'set' };
}

const overridesOfWhatIsThere: Rule = (config, { written }) =>
  components.flatMap((component) => {
    const path = ['size', 'overrides', component];
    const absent = absence(config, component);
    const value = valueAt(written, path);
    if (absent === undefined || value === undefined) return [];
    const rule = `has no effect while ${absent.because.join('.')} is ${absent.is} (remove it)`;
    return [finding(path, value, rule, absent.because)];
  });

const singleReplicas: Rule = ({ sizes }) =>
  (Object.entries(singletons) as [Component, string][]).flatMap(([component, reason]) =>
    sizes[component].replicas === 1
      ? []
      : [
          finding(
            ['size', 'overrides', component, 'replicas'],
            sizes[component].replicas,
            `must be 1: ${reason} (remove it)`,
          ),
        ],
  );

const disksOnlyWhereKept: Rule = ({ sizes }) =>
  components.flatMap((component) =>
    sizes[component].disk === undefined || storing.includes(component)
      ? []
      : [
          finding(
            ['size', 'overrides', component, 'disk'],
            sizes[component].disk,
            'this component keeps nothing on a disk (remove it)',
          ),
        ],
  );

const requestsWithinLimits: Rule = ({ sizes, models }, { written }) => [
  ...components.flatMap((component) =>
    aboveLimit(['size', 'overrides', component], sizes[component], written, (figure) =>
      sourceOf(written, component, figure),
    ),
  ),
  ...models.flatMap(({ resources }, index) => {
    if (Object.keys(resources).length === 0) return [];
    const path = ['models', index, 'resources'];
    return aboveLimit(path, { ...sizes.modelServer, ...resources }, written, (figure) =>
      figure in resources ? [...path, figure] : sourceOf(written, 'modelServer', figure),
    );
  }),
];

/** Blames the request where it was written, and else the limit. */
function aboveLimit(
  path: Path,
  size: ComponentSize,
  written: unknown,
  source: (figure: keyof ComponentSize) => Path,
): Finding[] {
  return (['cpu', 'memory'] as const).flatMap((request) => {
    const limit = `${request}Limit` as const;
    if (amountOf(size[request]) <= amountOf(size[limit])) return [];
    const because = [source(request), source(limit), [...path, request], [...path, limit]];
    if (isWritten(written, [...path, request])) {
      const rule = `must not be above its limit of ${size[limit]} (lower it, or raise ${limit})`;
      return [finding([...path, request], size[request], rule, ...because)];
    }
    const rule = `must not be below its request of ${size[request]} (raise it, or lower ${request})`;
    return [finding([...path, limit], size[limit], rule, ...because)];
  });
}

export const sizeRules: readonly Rule[] = [
  overridesOfWhatIsThere,
  singleReplicas,
  disksOnlyWhereKept,
  requestsWithinLimits,
];
