import type { KubernetesObject } from '../../../../lib/kubernetes/object';
import { imagePins } from '../../../../charts/config';
import type { Loose } from '../../../support/config';
import type { Installed } from '../installed';
import { reportReadyPods } from '../kubelet';
import { images } from '../images';
import { describeBuilt } from '../optional';
import { Pod } from '../pods/pod';
import { eventually } from '../workspace';
import { gatewayTests } from './gateway';
import { discover } from './xds';

/** istiod serves the platform's gateway and routes to the gateway's proxy. */
export function istioTests(given: () => Installed): void {
  describeBuilt('Istio', ['istio'], () => {
    const namespace = 'istio-system';
    let istiod: Pod;

    beforeAll(async () => {
      istiod = await Pod.start(given().cluster, {
        workload: given().find(`Deployment/${namespace}/istiod`),
        image: await images.istiod(),
      });
      await istiod.serve('istiod');
      const ready = async (): Promise<boolean> => (await istiod.get(8080, '/ready')).status === 200;
      await eventually('istiod is ready', ready, { program: istiod.program });
    });
    afterAll(() => istiod.stop());

    /** Root certificate, as istiod publishes it in every namespace. */
    const rootCertificate = async (of: string): Promise<string> => {
      let data: Record<string, string> | undefined;
      const published = async (): Promise<boolean> => {
        ({ data } = await given().get<{ data?: Record<string, string> }>('configmap', of, 'istio-ca-root-cert'));
        return data?.['root-cert.pem'] !== undefined;
      };
      await eventually(`the root certificate in ${of}`, published, { program: istiod.program });
      return data?.['root-cert.pem'] ?? '';
    };

    test('publishes its root certificate where gateways and models look for it', async () => {
      const here = await rootCertificate(namespace);
      expect(here).toMatch(/^-----BEGIN CERTIFICATE-----/);
      expect(await rootCertificate('mlops-models')).toBe(here);
    });

    test('puts that into its webhook, and makes it binding', async () => {
      const ca = Buffer.from(await rootCertificate(namespace)).toString('base64');
      const kinds = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];
      // The operator of Seldon fills in one that has no webhooks yet.
      const configurations = kinds
        .flatMap((kind) => given().all(kind))
        .filter(({ webhooks }) => webhooks !== undefined);
      expect(configurations.length).toBeGreaterThan(0);
      for (const { kind, metadata } of configurations) {
        const patched = async (): Promise<boolean> => {
          const { webhooks } = await given().cluster.json<Loose>('get', kind, metadata.name);
          return webhooks.every(({ clientConfig, failurePolicy }: Loose) => {
            return clientConfig.caBundle === ca && failurePolicy === 'Fail';
          });
        };
        await eventually(`${metadata.name} with the certificate`, patched, { program: istiod.program });
      }
    });

    const submit = (object: KubernetesObject): ReturnType<Installed['cluster']['kubectl']> =>
      given().cluster.kubectl(['create', '--dry-run=server', '-o', 'json', '-f', '-'], {
        input: JSON.stringify(object),
      });

    test('accepts our gateway at its admission webhook, and refuses a broken one', async () => {
      const copy = (): Loose => ({
        ...structuredClone(given().all('Gateway')[0]),
        metadata: { name: 'copy', namespace },
      });
      const good = await submit(copy());
      expect(good.stderr).toBe('');
      const broken = copy();
      broken.spec.servers[0].hosts = ['*.*.example.org'];
      const bad = await submit(broken);
      expect(bad.stderr).toMatch(
        /admission webhook ".*validation.istio.io" denied the request: configuration is invalid/,
      );
    });

    test('serves every route of models to the proxy of the gateway, which shows the token of its ServiceAccount', async () => {
      const gateway = given().all('Gateway')[0] as Loose;
      const route = (of: string, prefix: string): object => ({
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'probe', namespace: of },
        spec: {
          hosts: ['*'],
          gateways: [`${gateway.metadata.namespace}/${gateway.metadata.name}`],
          http: [
            {
              match: [{ uri: { prefix } }],
              route: [
                {
                  destination: {
                    host: 'mlflow-tracking-server.mlops-mlflow.svc.cluster.local',
                    port: { number: 5000 },
                  },
                },
              ],
            },
          ],
        },
      });
      // The one of the other namespace first: what is served of it would be served by then.
      for (const object of [route('mlops-mlflow', '/stolen/'), route('mlops-models', '/probe/')]) {
        await given().cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
      }
      const pod = await gatewayPod();
      const account = pod.spec.serviceAccountName as string;
      const audience = ['--namespace', namespace, '--audience', 'istio-ca'];
      const proxy = {
        socket: istiod.socket(15012),
        ca: await rootCertificate(namespace),
        serverName: `istiod.${namespace}.svc`,
        token: (await given().kubectl('create', 'token', account, ...audience)).trim(),
        node: `router~${pod.status.podIP}~${pod.metadata.name}.${namespace}~${namespace}.svc.cluster.local`,
        metadata: {
          NAMESPACE: namespace,
          CLUSTER_ID: 'Kubernetes',
          LABELS: pod.metadata.labels,
          ISTIO_VERSION: imagePins.istioProxy.tag,
        },
      };
      const listeners = await discover(proxy, 'envoy.config.listener.v3.Listener');
      expect(listeners.some((listener) => listener.includes('http.80'))).toBe(true);

      const { items } = await given().cluster.json<{ items: Loose[] }>('get', 'virtualservices', '--all-namespaces');
      const ofModels = items.filter(({ metadata }) => metadata.namespace === 'mlops-models');
      const prefixes = ofModels.flatMap(({ spec }) =>
        spec.http.flatMap(({ match }: Loose) => match[0].uri?.prefix ?? []),
      );
      expect(prefixes).toContain('/probe/');
      let routes: Buffer | undefined;
      const served = async (): Promise<boolean> => {
        [routes] = await discover(proxy, 'envoy.config.route.v3.RouteConfiguration', ['http.80']);
        return prefixes.every((prefix) => routes?.includes(prefix));
      };
      await eventually('every route', served, { program: istiod.program });
      expect(routes?.includes('/stolen/')).toBe(false);
      const clusters = await discover(proxy, 'envoy.config.cluster.v3.Cluster');
      const target = 'outbound|5000||mlflow-tracking-server.mlops-mlflow.svc.cluster.local';
      expect(clusters.some((cluster) => cluster.includes(target))).toBe(true);

      await expect(discover({ ...proxy, token: 'none' }, 'envoy.config.cluster.v3.Cluster')).rejects.toThrow(
        /status 16/,
      );
    });

    /** A pod of the ingress gateway, as its Deployment has made it. */
    async function gatewayPod(): Promise<Loose> {
      let pod: Loose;
      const selector = ['--namespace', namespace, '--selector', 'istio=ingressgateway'];
      const running = async (): Promise<boolean> => {
        await reportReadyPods(given().cluster);
        [pod] = (await given().cluster.json<{ items: Loose[] }>('get', 'pods', ...selector)).items;
        return pod?.status.podIP !== undefined;
      };
      await eventually('a pod of the gateway', running);
      return pod;
    }

    gatewayTests(given, () => istiod);

    test('has every right that it uses', () => {
      expect(istiod.refusals()).toEqual([]);
    });
  });
}
