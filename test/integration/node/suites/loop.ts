import { eventually } from '../../cluster/workspace';
import { ask } from '../cluster';
import { withModels } from '../configs';
import type { Given } from '../given';
import { exampleImage } from '../images/make';
import { messages } from '../ledger';
import { viewsOf } from '../pods';
import { logged, type Services } from '../services';
import { step } from '../step';

/** From training to the alert and back, through pods only. */
export function loopTests(given: () => Given): void {
  const services = (): Services => given().services;
  const version = (number: number) => services().mlflow(`/mlflow/model-versions/get?name=creditcard&version=${number}`);

  step('MLflow keeps a run, its artifact and a registered model', async () => {
    const run = await services().logRun('through the exposure');
    await services().mlflow('/mlflow/registered-models/create', { name: 'kept' });
    expect(await services().loggedRun(run)).toEqual(logged);
  });

  step("the example's flow runs as a Job of Prefect's worker, and registers version 1", async () => {
    expect(await services().example('deploy', 'creditcard.deploy', '--image', exampleImage)).toContain('deployed');
    const { id } = await services().prefect('/deployments/name/train-creditcard/production');
    const run = await services().prefect(`/deployments/${id}/create_flow_run`, { state: { type: 'SCHEDULED' } });
    await services().completed(run.id);
    expect((await version(1)).model_version.status).toBe('READY');
  });

  step('both models are served: from the registry with one protocol, from a folder with the other', async () => {
    const { cluster, platform } = given();
    // A user puts the files of a model into the bucket; here those of the version that is registered.
    const script = [
      'set -e',
      'export MC_CONFIG_DIR=/tmp/.mc',
      'mc alias set store http://127.0.0.1:9000 "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"',
      'file=$(mc find store/mlflow --name MLmodel | head -1)',
      'mc cp --recursive "${file%MLmodel}" store/models/scoring/1/',
    ].join('\n');
    await cluster.exec('mlops-minio', 'deployment/minio', 'sh', '-c', script);
    await platform.synth(withModels);
    expect(await platform.doctor()).toContain('Nothing would stop the platform');
    await platform.deploy();
    const transaction = [120.5, 14, 3.2, 1, 240];
    const first = await ask(`${await services().model('creditcard')}/api/v1.0/predictions`, {
      data: { ndarray: [transaction] },
    });
    expect(first.data.ndarray).toHaveLength(1);
    const second = await ask(`${await services().model('scoring')}/v2/models/scoring/infer`, {
      inputs: [{ name: 'transactions', datatype: 'FP64', shape: [1, 5], data: transaction }],
    });
    expect(second.outputs[0].data).toHaveLength(1);
  });

  step('only those who ask the API server have a token for it', async () => {
    const views = (await viewsOf(given().cluster)).filter(
      ({ ready, namespace }) => ready && namespace !== 'kube-system',
    );
    const holders = views.filter(({ hasToken }) => hasToken).map(({ workload }) => workload);
    expect([...new Set(holders)].sort()).toEqual([
      'istio-system/istiod',
      'mlops-prefect/prefect-worker',
      'mlops-prometheus/prometheus-kube-prometheus-operator',
      'mlops-prometheus/prometheus-kube-state-metrics',
      'mlops-prometheus/prometheus-prometheus-kube-prometheus-prometheus-0',
      'mlops-seldon/seldon-controller-manager',
    ]);
  });

  step('everyday requests reach Kafka and the detector, and are no drift', async () => {
    await services().traffic(1000, '--feedback');
    expect((await messages(given().cluster)).length).toBeGreaterThan(10);
    await services().becomes('sum(drift_rows_seen_total{model="creditcard"}) >= 1000', 180);
    expect(await services().query('max(drift_detected{model="creditcard"})')).toBe(0);
  });

  step('every target of Prometheus is up', async () => {
    // Whoever has just become ready is seen by the next scrape only.
    await services().becomes('(count(up == 0) or vector(0)) == 0', 120);
    expect(await services().query('count(count by (job) (up))')).toBeGreaterThan(15);
  });

  step('shifted requests are drift: the alert fires, and one training registers version 2', async () => {
    await services().traffic(1000, '--shift', '1', '--seed', '2');
    await services().becomes('max(drift_detected{model="creditcard",detector="mmd"}) == 1', 180);
    await services().becomes('ALERTS{alertstate="firing",alertname="DriftDetected",model="creditcard"}', 600);
    const tagged = { flow_runs: { tags: { all_: ['retraining', 'model:creditcard'] } } };
    const retrainings = (): Promise<{ id: string }[]> => services().prefect('/flow_runs/filter', tagged);
    await eventually('Alertmanager starts a training', async () => (await retrainings()).length > 0, {
      seconds: 300,
      every: 1000,
    });
    const [run, ...more] = await retrainings();
    expect(more).toEqual([]);
    await services().completed(run?.id ?? '');
    expect((await version(2)).model_version.status).toBe('READY');
  });
}
