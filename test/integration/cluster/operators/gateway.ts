import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Loose } from '../../../support/config';
import { images } from '../images';
import type { Installed } from '../installed';
import { reportReadyPods } from '../kubelet';
import { describeBuilt } from '../optional';
import { Pod } from '../pods/pod';
import { eventually } from '../workspace';

const namespace = 'istio-system';

/** Envoy, as istiod configures it for the ingress gateway, takes requests to the models. */
export function gatewayTests(given: () => Installed, istiod: () => Pod): void {
  describeBuilt('the ingress gateway', ['seldon-operator', 'envoy'], () => {
    let model: Server;
    let gateway: Pod;
    let prefix: string;
    const asked: string[] = [];

    beforeAll(async () => {
      // Istio's own build of Envoy has the filter for Istio's metrics, the release has not.
      const telemetry = {
        apiVersion: 'telemetry.istio.io/v1',
        kind: 'Telemetry',
        metadata: { name: 'no-metrics', namespace },
        spec: { metrics: [{ providers: [{ name: 'prometheus' }], overrides: [{ disabled: true }] }] },
      };
      await given().cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(telemetry) });
      model = createServer(({ method, url, headers }, response) => {
        asked.push(`${method} ${url}`);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(headers));
      });
      await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
      const { port } = model.address() as AddressInfo;

      const [{ metadata }] = given().all('SeldonDeployment') as [Loose];
      prefix = `/seldon/${metadata.namespace}/${metadata.name}/`;
      const endpoint = await endpointOf(metadata.namespace, metadata.name);
      gateway = await Pod.start(given().cluster, {
        workload: given().find(`Deployment/${namespace}/istio-ingressgateway`),
        image: await images.istioProxy(),
        neighbours: [
          { host: '127.0.0.1', port: 15012, names: [`istiod.${namespace}.svc`], at: { path: istiod().socket(15012) } },
          { ...endpoint, at: { host: '127.0.0.1', port } },
        ],
      });
      const ready = async (): Promise<boolean> => (await gateway.get(15021, '/healthz/ready')).status === 200;
      await eventually('the gateway is ready', ready, { program: gateway.program });
    });
    afterAll(async () => {
      model.close();
      await gateway.stop();
    });

    /** Where the route of a model leads: a pod, as the endpoints of its Service say. */
    async function endpointOf(of: string, name: string): Promise<{ host: string; port: number }> {
      const { spec } = await given().get<Loose>('virtualservice', of, name);
      const { host: service } = spec.http[0].route[0].destination;
      const selector = ['--namespace', of, '--selector', `kubernetes.io/service-name=${service.split('.')[0]}`];
      let slice: Loose;
      const known = async (): Promise<boolean> => {
        await reportReadyPods(given().cluster);
        const { items } = await given().cluster.json<{ items: Loose[] }>('get', 'endpointslices', ...selector);
        slice = items.find(({ endpoints }) => endpoints?.[0]?.conditions.ready === true);
        return slice !== undefined;
      };
      await eventually(`an endpoint of ${service}`, known);
      const { port } = slice.ports.find((one: Loose) => one.name === 'http');
      return { host: slice.endpoints[0].addresses[0], port };
    }

    test('hands a request on to the model, and its answer back', async () => {
      let answer = { status: 0, body: '' };
      const answered = async (): Promise<boolean> => {
        answer = await gateway.get(80, `${prefix}v2/models/some/infer`);
        return answer.status === 200;
      };
      await eventually('the model answers', answered, { program: gateway.program });
      expect(asked.at(-1)).toBe('GET /v2/models/some/infer');
      expect(JSON.parse(answer.body)).toMatchObject({ 'x-envoy-original-path': `${prefix}v2/models/some/infer` });
    });

    test('answers 404 where no model is', async () => {
      const { status } = await gateway.get(80, '/seldon/nowhere/nothing/v2/models/some/infer');
      expect(status).toBe(404);
    });

    test('tells a model nothing of itself that only proxies read', async () => {
      const { body } = await gateway.get(80, prefix);
      expect(Object.keys(JSON.parse(body) as object).filter((name) => name.startsWith('x-envoy-peer'))).toEqual([]);
    });
  });
}
