import type { Loose } from '../../../support/config';
import { images } from '../images';
import type { Installed } from '../installed';
import { describeBuilt } from '../optional';
import { type Image, Pod } from '../pods/pod';
import { eventually } from '../workspace';

/** The exporters start with the flags given, and publish what they are there for. */
export function exporterTests(given: () => Installed): void {
  interface Exporter {
    readonly workload: string;
    readonly image: () => Promise<Image>;
    /** Name of the port of its metrics. */
    readonly port: string;
    readonly metrics: readonly string[];
  }

  function testsOf({ workload, port, metrics, ...exporter }: Exporter): void {
    let pod: Pod;

    beforeAll(async () => {
      pod = await Pod.start(given().cluster, { workload: given().find(workload), image: await exporter.image() });
    });
    afterAll(() => pod.stop());

    test('publishes its metrics', async () => {
      const published = async (): Promise<string[]> => {
        const { body } = await pod.get(port, '/metrics');
        return metrics.filter((metric) => !new RegExp(`^${metric}[ {]`, 'm').test(body));
      };
      let missing: string[] = [...metrics];
      const complete = async (): Promise<boolean> => (missing = await published()).length === 0;
      await eventually('its metrics', complete, { seconds: 30, program: pod.program }).catch((error: unknown) => {
        if (!pod.program.running()) throw error;
      });
      expect(missing).toEqual([]);
    });

    test('has every right that it uses', () => {
      expect(pod.refusals()).toEqual([]);
    });
  }

  describeBuilt('kube-state-metrics', ['kube-state-metrics'], () => {
    testsOf({
      workload: 'Deployment/mlops-prometheus/prometheus-kube-state-metrics',
      image: images.kubeStateMetrics,
      port: 'http',
      metrics: ['kube_namespace_created', 'kube_deployment_spec_replicas', 'kube_job_info', 'kube_pod_info'],
    });

    test('a program whose ServiceAccount has no rights is found out', async () => {
      const workload = structuredClone(
        given().find('Deployment/mlops-prometheus/prometheus-kube-state-metrics'),
      ) as Loose;
      workload.spec.template.spec.serviceAccountName = 'default';
      const pod = await Pod.start(given().cluster, { workload, image: await images.kubeStateMetrics() });
      // The API server knows of a refusal before the program has logged it.
      const refused = (): boolean => pod.refusals().includes('list /api/v1/pods') && pod.log().includes('forbidden');
      await eventually('a refusal', refused, { program: pod.program }).finally(() => pod.stop());
    });
  });

  describeBuilt('the node exporter', ['node-exporter'], () => {
    testsOf({
      workload: 'DaemonSet/mlops-nodes/prometheus-node-exporter',
      image: images.nodeExporter,
      port: 'metrics',
      metrics: ['node_cpu_seconds_total', 'node_memory_MemAvailable_bytes', 'node_uname_info'],
    });
  });

  describeBuilt('the blackbox exporter', ['blackbox-exporter'], () => {
    testsOf({
      workload: 'Deployment/mlops-prometheus/prometheus-kube-prometheus-blackbox-exporter',
      image: images.blackboxExporter,
      port: 'http',
      metrics: ['blackbox_exporter_config_last_reload_successful', 'blackbox_exporter_build_info'],
    });
  });

  describeBuilt('the exporter of PostgreSQL, without a server', ['postgres-exporter'], () => {
    testsOf({
      workload: 'Deployment/mlops-mlflow/postgresql-exporter',
      image: images.postgresqlExporter,
      port: 'metrics',
      metrics: ['pg_up', 'postgres_exporter_build_info'],
    });
  });

  describeBuilt('the exporter of Kafka', ['kafka-exporter'], () => {
    test('takes its arguments, and ends because no broker answers', async () => {
      const { code, log } = await Pod.run(given().cluster, {
        workload: given().find('Deployment/mlops-kafka/kafka-exporter'),
        image: await images.kafkaExporter(),
      });
      expect(log).toContain('Error Init Kafka Client: kafka: client has run out of available brokers');
      expect(code).not.toBe(0);
    });
  });
}
