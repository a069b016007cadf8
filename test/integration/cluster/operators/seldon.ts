import { declared } from '../../../../charts/catalog';
import { serviceOf } from '../../../../lib/kubernetes/kube-service';
import { podTemplateOf, type KubernetesObject } from '../../../../lib/kubernetes/object';
import type { Loose } from '../../../support/config';
import { images } from '../images';
import type { Installed } from '../installed';
import { reportReadyPods } from '../kubelet';
import { describeBuilt } from '../optional';
import { Pod } from '../pods/pod';
import { eventually } from '../workspace';

/** Seldon's operator turns the models of the config into what serves them. */
export function seldonTests(given: () => Installed): void {
  describeBuilt('Seldon Core', ['seldon-operator'], () => {
    let operator: Pod;

    beforeAll(async () => {
      const { cluster } = given();
      const workload = given().find('Deployment/mlops-seldon/seldon-controller-manager');
      operator = await Pod.start(cluster, { workload, image: await images.seldonOperator(given()) });
      const answers = async (): Promise<boolean> => (await operator.get('metrics', '/metrics')).status === 200;
      await eventually('the operator publishes its metrics', answers, { program: operator.program });
      await operator.serve('seldon-webhook-service');
    });
    afterAll(() => operator.stop());

    const models = (): KubernetesObject[] => given().all('SeldonDeployment');
    const deploymentsOf = async ({ metadata }: KubernetesObject): Promise<KubernetesObject[]> => {
      const selector = ['--namespace', metadata.namespace ?? '', '--selector', `seldon-deployment-id=${metadata.name}`];
      return (await given().cluster.json<{ items: KubernetesObject[] }>('get', 'deployments', ...selector)).items;
    };
    const madeBy = async (model: KubernetesObject): Promise<Loose> => {
      let made: KubernetesObject[] = [];
      await eventually('a Deployment', async () => (made = await deploymentsOf(model)).length === 1, {
        program: operator.program,
      });
      return made[0];
    };
    const executorOf = (deployment: Loose): Loose =>
      deployment.spec.template.spec.containers.find(({ name }: Loose) => name === 'seldon-container-engine');

    test('makes a route through the platform’s gateway for each model', async () => {
      expect(models().length).toBeGreaterThan(0);
      for (const { metadata } of models()) {
        const { name, namespace = '' } = metadata;
        // It comes once the model can answer.
        let route: Loose;
        const made = async (): Promise<boolean> => {
          await reportReadyPods(given().cluster);
          route = await given().get<Loose>('virtualservice', namespace, name);
          return true;
        };
        await eventually('a VirtualService', made, { program: operator.program });
        const { spec } = route;
        const [gateway] = given().all('Gateway');
        expect(spec.gateways).toEqual([`${gateway?.metadata.namespace}/${gateway?.metadata.name}`]);
        const prefix = `/seldon/${namespace}/${name}/`;
        const [rest] = spec.http.filter(({ match }: Loose) => match[0].uri.prefix === prefix);
        expect(rest.rewrite).toEqual({ uri: '/' });
        const { host, port } = rest.route[0].destination;
        expect({ host, port }).toEqual({
          host: `${name}-default.${namespace}.svc.cluster.local`,
          port: { number: 8000 },
        });
      }
    });

    test('makes the pods and Services that the checks take for granted', async () => {
      for (const model of models()) {
        const [expected] = declared.customResources.of(model).flatMap(({ made }) => made?.(model) ?? []);
        const { metadata, spec } = podTemplateOf(await madeBy(model)) ?? { spec: { containers: [] } };
        const ports = spec.containers.flatMap((container) => container.ports ?? []);
        for (const pod of expected?.pods ?? []) {
          expect(metadata?.labels).toMatchObject(pod.labels);
          for (const port of pod.ports) expect(ports).toContainEqual(expect.objectContaining(port));
        }
        for (const service of expected?.services ?? []) {
          const made = serviceOf(await given().get('service', service.namespace, service.name));
          expect(made.selector).toEqual(service.selector);
          for (const port of service.ports) expect(made.ports).toContainEqual(expect.objectContaining(port));
        }
      }
    });

    test('gives every probe of a model a port of its container', async () => {
      for (const model of models()) {
        const { containers } = (await madeBy(model)).spec.template.spec;
        for (const { ports, startupProbe, livenessProbe, readinessProbe } of containers) {
          const probes = [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
          const probed = probes.map((probe: Loose) => (probe.httpGet ?? probe.tcpSocket).port);
          for (const port of probed.filter((name) => typeof name === 'string')) {
            expect(ports.map(({ name }: Loose) => name)).toContain(port);
          }
        }
      }
    });

    test('streams the requests of a watched model to the topic that its drift detector reads', async () => {
      const watched = models().find(({ metadata }) => metadata.name === 'creditcard');
      const { env } = executorOf(await madeBy(watched as KubernetesObject));
      const value = (name: string): string => env.find((variable: Loose) => variable.name === name)?.value;
      const common = given().find('ConfigMap/mlops-drift/drift-configmap') as Loose;
      const own = given().find('ConfigMap/mlops-drift/drift-detector-creditcard') as Loose;
      expect(value('LOGGER_KAFKA_BROKER')).toBe(common.data.KAFKA_BOOTSTRAP_SERVERS);
      expect(value('LOGGER_KAFKA_TOPIC')).toBe(JSON.parse(own.data['config.yaml']).kafka.topic);
      // The executor has it from the operator whether and what it logs.
      const [graph] = env.filter((variable: Loose) => variable.name === 'ENGINE_PREDICTOR');
      const { logger } = JSON.parse(Buffer.from(graph.value, 'base64').toString()).graph;
      expect(logger.mode).toBe('request');
    });

    test('streams no request of a model without a drift detector', async () => {
      const other = models().find(({ metadata }) => metadata.name === 'churn');
      const { env } = executorOf(await madeBy(other as KubernetesObject));
      expect(env.map(({ name }: Loose) => name)).not.toContain('LOGGER_KAFKA_BROKER');
    });

    test('fetches the files of a model with the platform’s credentials and image', async () => {
      const config = given().find('ConfigMap/mlops-seldon/seldon-config') as Loose;
      for (const model of models() as Loose[]) {
        const { initContainers } = (await madeBy(model)).spec.template.spec;
        expect(initContainers).toHaveLength(1);
        const [{ args, image, envFrom }] = initContainers;
        expect(args[0]).toBe(model.spec.predictors[0].graph.modelUri);
        expect(image).toBe(JSON.parse(config.data.storageInitializer).image);
        expect(envFrom).toEqual([{ secretRef: { name: `${model.metadata.name}-rclone` } }]);
      }
    });

    test('accepts our models at its admission webhook, and refuses a broken one', async () => {
      const [model] = models() as Loose[];
      const submit = (name: string, change: (graph: Loose) => void): ReturnType<Installed['cluster']['kubectl']> => {
        const copy = structuredClone(model);
        copy.metadata = { name, namespace: model.metadata.namespace };
        change(copy.spec.predictors[0].graph);
        return given().cluster.kubectl(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(copy) });
      };
      const good = await submit('good', () => undefined);
      expect(good.stderr).toBe('');
      expect(good.code).toBe(0);
      const bad = await submit('bad', (graph) => (graph.logger = {}));
      expect(bad.stderr).toMatch(/is invalid: spec.predictors\[0\].graph: .*No logger mode specified/);
      expect(bad.code).toBe(1);
    });

    test('follows a model that is scaled down to one replica', async () => {
      const [model] = models() as Loose[];
      const { name, namespace } = model.metadata;
      expect(model.spec.predictors[0].replicas).toBeGreaterThan(1);
      const budgets = async (): Promise<string[]> => {
        const { items } = await given().cluster.json<{ items: KubernetesObject[] }>('get', 'pdb', '-n', namespace);
        return items.map(({ metadata }) => metadata.name).filter((budget) => budget.startsWith(`${name}-`));
      };
      expect(await budgets()).toHaveLength(1);
      const patch = [
        { op: 'replace', path: '/spec/predictors/0/replicas', value: 1 },
        { op: 'remove', path: '/spec/predictors/0/componentSpecs/0/pdbSpec' },
      ];
      await given().kubectl('patch', 'sdep', name, '-n', namespace, '--type=json', '-p', JSON.stringify(patch));
      const scaled = async (): Promise<boolean> =>
        (await madeBy(model)).spec.replicas === 1 && (await budgets()).length === 0;
      await eventually('one replica and no disruption budget', scaled, { program: operator.program });
    });

    test('has every right that it uses', () => {
      expect(operator.refusals()).toEqual([]);
    });
  });
}
