import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { declared } from '../../../../charts/catalog';
import { serviceOf } from '../../../../lib/kubernetes/kube-service';
import { parseYaml } from '../../../../lib/kubernetes/yaml';
import { podTemplateOf, type KubernetesObject } from '../../../../lib/kubernetes/object';
import type { Loose } from '../../../support/config';
import { images } from '../images';
import type { Installed } from '../installed';
import { reportReadyPods } from '../kubelet';
import { describeBuilt } from '../optional';
import { Pod } from '../pods/pod';
import { eventually } from '../workspace';

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

/** Prometheus' operator turns our monitors and rules into a Prometheus that finds every target. */
export function prometheusTests(given: () => Installed): void {
  describeBuilt('Prometheus', ['prometheus-operator', 'prometheus', 'alertmanager'], () => {
    let operator: Pod;

    beforeAll(async () => {
      operator = await Pod.start(given().cluster, {
        workload: given().find('Deployment/mlops-prometheus/prometheus-kube-prometheus-operator'),
        image: await images.prometheusOperator(),
      });
      const answers = async (): Promise<boolean> => (await operator.get('http', '/healthz')).status === 200;
      await eventually('the operator is healthy', answers, { program: operator.program });
    });
    afterAll(() => operator.stop());

    /** The StatefulSet that the operator makes of a Prometheus or an Alertmanager. */
    const madeBy = async (object: KubernetesObject): Promise<KubernetesObject> => {
      const { name, namespace = '' } = object.metadata;
      const statefulSet = `${object.kind.toLowerCase()}-${name}`;
      let made: KubernetesObject | undefined;
      const exists = async (): Promise<boolean> => {
        made = await given().get('statefulset', namespace, statefulSet);
        return true;
      };
      await eventually(`StatefulSet ${statefulSet}`, exists, { program: operator.program });
      return made as KubernetesObject;
    };

    test.each(['Prometheus', 'Alertmanager'])(
      'makes the pods and Services of %s that the checks expect',
      async (kind) => {
        const [object] = given().all(kind);
        const [expected] = declared.customResources
          .of(object as KubernetesObject)
          .flatMap(({ made }) => made?.(object as KubernetesObject) ?? []);
        const made = (await madeBy(object as KubernetesObject)) as Loose;
        expect(made.spec.replicas).toBe((object?.spec as Loose).replicas);
        const { metadata, spec } = podTemplateOf(made) ?? { spec: { containers: [] } };
        const ports = spec.containers.flatMap((container) => container.ports ?? []);
        for (const pod of expected?.pods ?? []) {
          expect(metadata?.labels).toMatchObject(pod.labels);
          for (const port of pod.ports) expect(ports).toContainEqual(expect.objectContaining(port));
        }
        for (const service of expected?.services ?? []) {
          const governing = serviceOf(await given().get('service', service.namespace, service.name));
          expect(governing.labels).toMatchObject(service.labels);
          expect(governing.selector).toEqual(service.selector);
          for (const port of service.ports) expect(governing.ports).toContainEqual(expect.objectContaining(port));
        }
      },
    );

    describe('with the configuration that the operator makes', () => {
      let server: Pod;
      let volumes: string;
      let statefulSet: KubernetesObject;

      beforeAll(async () => {
        const { cluster } = given();
        const [object] = given().all('Prometheus');
        statefulSet = await madeBy(object as KubernetesObject);
        volumes = cluster.path('prometheus-volumes');
        mkdirSync(volumes);
        const common = { workload: statefulSet, volumes };
        const image = await images.configReloader();
        const { code, log } = await Pod.run(cluster, { ...common, image, container: 'init-config-reloader' });
        if (code !== 0) throw new Error(`no configuration for Prometheus:\n${log}`);
        server = await Pod.start(cluster, { ...common, image: await images.prometheus(), container: 'prometheus' });
        const answers = async (): Promise<boolean> => (await server.get('web', '/-/ready')).status === 200;
        await eventually('Prometheus is ready', answers, { program: server.program });
      });
      afterAll(() => server.stop());

      test('has one that promtool accepts', async () => {
        const image = await images.promtool();
        const file = '/etc/prometheus/config_out/prometheus.env.yaml';
        const command = [image.entrypoint[0], 'check', 'config', file];
        const { log, code } = await Pod.run(given().cluster, {
          ...{ workload: statefulSet, volumes, image, command, container: 'prometheus' },
        });
        expect(log).toMatch(/SUCCESS.*is valid prometheus config file syntax/);
        expect(code).toBe(0);
      });

      /** As the operator names them: kind, namespace and name of the monitor, and which of its endpoints. */
      const jobsOfMonitors = (): string[] =>
        ['ServiceMonitor', 'PodMonitor', 'Probe'].flatMap((kind) =>
          given()
            .all(kind)
            .flatMap(({ metadata: { namespace, name }, spec }) => {
              const { endpoints, podMetricsEndpoints } = spec as Loose;
              if (kind === 'Probe') return [`probe/${namespace}/${name}`];
              const prefix = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}/${namespace}/${name}`;
              return (endpoints ?? podMetricsEndpoints).map((_: unknown, index: number) => `${prefix}/${index}`);
            }),
        );

      test('has a job for every endpoint of every monitor', async () => {
        const { body } = await server.get('web', '/api/v1/status/config');
        const config = JSON.parse(body).data.yaml as string;
        const jobs = [...config.matchAll(/^- job_name: (.+)$/gm)].map(([, name]) => name);
        expect(jobs.sort()).toEqual(jobsOfMonitors().sort());
      });

      test('finds something to scrape for every monitor', async () => {
        // Only a cluster with nodes has these two.
        const ofTheCluster = /-(apiserver|coredns)\/0$/;
        const expected = jobsOfMonitors().filter((job) => !ofTheCluster.test(job));
        let missing = expected;
        const found = async (): Promise<boolean> => {
          await reportReadyPods(given().cluster);
          const { body } = await server.get('web', '/api/v1/targets?state=active');
          const pools = new Set(JSON.parse(body).data.activeTargets.map(({ scrapePool }: Loose) => scrapePool));
          missing = expected.filter((job) => !pools.has(job));
          return missing.length === 0;
        };
        await eventually('targets', found, { program: server.program }).catch((error: unknown) => {
          if (!server.program.running()) throw error;
        });
        expect(missing).toEqual([]);
      });

      test('loads every rule', async () => {
        const { body } = await server.get('web', '/api/v1/rules');
        const loaded = JSON.parse(body).data.groups.flatMap(({ rules }: Loose) => rules.map(({ name }: Loose) => name));
        const written = given()
          .all('PrometheusRule')
          .flatMap(({ spec }) =>
            (spec as Loose).groups.flatMap(({ rules }: Loose) =>
              rules.map(({ alert, record }: Loose) => alert ?? record),
            ),
          );
        expect(loaded.sort()).toEqual(written.sort());
      });

      test('has every right that it uses', () => {
        expect(server.refusals()).toEqual([]);
      });
    });

    describe('with an Alertmanager of the operator’s making', () => {
      let server: Pod;

      beforeAll(async () => {
        const { cluster } = given();
        const [object] = given().all('Alertmanager');
        const volumes = cluster.path('alertmanager-volumes');
        mkdirSync(volumes);
        const common = { workload: await madeBy(object as KubernetesObject), volumes };
        const image = await images.configReloader();
        const reloader = await Pod.start(cluster, { ...common, image, container: 'config-reloader' });
        const written = (): boolean => existsSync(join(volumes, 'config-out/alertmanager.env.yaml'));
        await eventually('a configuration for Alertmanager', written, { program: reloader.program });
        await reloader.stop();
        server = await Pod.start(cluster, { ...common, image: await images.alertmanager(), container: 'alertmanager' });
        const answers = async (): Promise<boolean> => (await server.get('web', '/-/ready')).status === 200;
        await eventually('Alertmanager is ready', answers, { program: server.program });
      });
      afterAll(() => server.stop());

      test('has the receivers that the platform configures', async () => {
        const secret = given().find(
          'Secret/mlops-prometheus/alertmanager-prometheus-kube-prometheus-alertmanager',
        ) as Loose;
        const text = secret.stringData?.['alertmanager.yaml'] ?? decoded(secret.data['alertmanager.yaml']);
        const { body } = await server.get('web', '/api/v2/receivers');
        const expected = (parseYaml(text)[0] as Loose).receivers.map(({ name }: Loose) => ({ name }));
        expect((JSON.parse(body) as Loose[]).map(({ name }) => ({ name }))).toEqual(expected);
      });

      test('has every right that it uses', () => {
        expect(server.refusals()).toEqual([]);
      });
    });

    test('follows a rule that is added, and a disk that is enlarged', async () => {
      const [object] = given().all('Prometheus');
      const { name, namespace = '' } = (object as KubernetesObject).metadata;
      const rule = {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: { name: 'probe', namespace },
        spec: { groups: [{ name: 'probe', rules: [{ record: 'probe:one', expr: 'vector(1)' }] }] },
      };
      await given().cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(rule) });
      const loaded = async (): Promise<boolean> => {
        const { data } = await given().get<Loose>('configmap', namespace, `prometheus-${name}-rulefiles-0`);
        return Object.keys(data ?? {}).some((file) => file.startsWith(`${namespace}-probe`));
      };
      await eventually('the rule in a file of Prometheus', loaded, { program: operator.program });

      // The claims of a StatefulSet cannot be changed: it has to be made anew.
      const storage = { volumeClaimTemplate: { spec: { resources: { requests: { storage: '999Gi' } } } } };
      const patch = JSON.stringify({ spec: { storage } });
      await given().kubectl('patch', 'prometheus', name, '-n', namespace, '--type=merge', '-p', patch);
      const enlarged = async (): Promise<boolean> => {
        await reportReadyPods(given().cluster);
        const { spec } = await given().get<Loose>('statefulset', namespace, `prometheus-${name}`);
        return spec.volumeClaimTemplates[0].spec.resources.requests.storage === '999Gi';
      };
      await eventually('the larger disk', enlarged, { program: operator.program });
    });

    test('has every right that it uses', () => {
      expect(operator.refusals()).toEqual([]);
    });
  });
}
