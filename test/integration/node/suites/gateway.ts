import { makeCertificate, type Certificate } from '../../../support/certificate';
import { eventually } from '../../cluster/workspace';
import { creditcard, scoring, withModels } from '../configs';
import type { Given } from '../given';
import { certificateOf, statusOf } from '../https';
import { step } from '../step';
import { Issuer } from '../tokens';

const open = {
  path: '/seldon/mlops-models/creditcard/api/v1.0/predictions',
  body: { data: { ndarray: [[120.5, 14, 3.2, 1, 240]] } },
};
const closed = {
  path: '/seldon/mlops-models/scoring/v2/models/scoring/infer',
  body: { inputs: [{ name: 'transactions', datatype: 'FP64', shape: [1, 5], data: [120.5, 14, 3.2, 1, 240] }] },
};

/** What the gateway of the models shows to their clients, and asks of them. */
export function gatewayTests(given: () => Given): void {
  const issuer = new Issuer('tests');
  let certificates: readonly [Certificate, Certificate];
  let host: string;

  const post = ({ path, body }: typeof open | typeof closed, headers = {}): Promise<number> =>
    statusOf(`https://${host}${path}`, body, { trusts: certificates[1].cert, headers });
  const bearer = (token: string): object => ({ authorization: `Bearer ${token}` });

  /** @param ca of the clients that are let in */
  async function show({ cert, key }: Certificate, ca?: string): Promise<void> {
    await given().cluster.apply({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' },
      metadata: { name: 'models-tls', namespace: 'istio-system' },
      stringData: { 'tls.crt': cert, 'tls.key': key, ...(ca === undefined ? {} : { 'ca.crt': ca }) },
    });
  }

  async function isShown({ cert }: Certificate): Promise<void> {
    const shown = async (): Promise<boolean> => (await certificateOf(host, certificates)) === cert;
    await eventually('the certificate is shown', shown, { every: 500 });
    expect(await statusOf(`https://${host}${open.path}`, open.body, { trusts: cert })).toBe(200);
  }

  step('it speaks HTTPS alone, and shows a renewed certificate without a restart', async () => {
    const { cluster, platform, services } = given();
    const url = await services.model('creditcard');
    ({ host } = new URL(url));
    certificates = [makeCertificate([cluster.address]), makeCertificate([cluster.address])];
    await show(certificates[0]);
    const istio = {
      expose: { type: 'nodePort', tlsSecret: 'models-tls' },
      tokens: { issuer: issuer.name, jwks: issuer.jwks },
    } as const;
    const models = [creditcard, { ...scoring, login: { audiences: ['scoring'] } }];
    await platform.synth({ ...withModels, models, services: { ...withModels.services, istio } });
    await platform.deploy();
    await isShown(certificates[0]);
    await show(certificates[1]);
    await isShown(certificates[1]);
    await expect(fetch(url)).rejects.toThrow();
  });

  step('a model with a login answers who has a token for it', async () => {
    expect(await post(closed, bearer(issuer.token('scoring')))).toBe(200);
  });

  step('it refuses everybody else, and others stay open', async () => {
    const statuses = {
      'no token': await post(closed),
      'a token for somebody else': await post(closed, bearer(issuer.token('creditcard'))),
      'a token that has expired': await post(closed, bearer(issuer.token('scoring', -3600))),
      'a token of another key': await post(closed, bearer(new Issuer(issuer.name).token('scoring'))),
      'a token of another issuer': await post(closed, bearer(new Issuer('others').token('scoring'))),
    };
    expect(statuses).toEqual({
      'no token': 403,
      'a token for somebody else': 403,
      'a token that has expired': 401,
      'a token of another key': 401,
      'a token of another issuer': 401,
    });
    expect(await post(open)).toBe(200);
  });

  step('no other way leads to it', async () => {
    const toModel = { seldon: 'scoring', namespace: 'mlops-models' };
    const ways = [
      { ...closed, path: '/seldon/mlops-models/creditcard/../scoring/v2/models/scoring/infer' },
      { ...closed, path: '/seldon/mlops-models/%73coring/v2/models/scoring/infer' },
      { ...closed, path: '/seldon//mlops-models/scoring/v2/models/scoring/infer' },
      { ...closed, path: '/seldon%2Fmlops-models/scoring/v2/models/scoring/infer' },
      { ...closed, path: '/SELDON/mlops-models/scoring/v2/models/scoring/infer' },
      { ...closed, path: `${closed.path}?access_token=${issuer.token('scoring')}` },
    ];
    for (const way of ways) expect([way.path, (await post(way)) >= 400]).toEqual([way.path, true]);
    const grpc = { ...closed, path: '/inference.GRPCInferenceService/ModelInfer' };
    expect(await post(grpc, toModel)).toBe(403);
    expect(await post(grpc, { ...toModel, ...bearer(issuer.token('scoring')) })).not.toBe(403);
  });

  step('it asks for a certificate of the client, where the config says so', async () => {
    const { platform } = given();
    const [stranger, client] = [makeCertificate(), makeCertificate()];
    await show(certificates[1], client.cert);
    const expose = { type: 'nodePort', tlsSecret: 'models-tls', clientCertificates: true } as const;
    await platform.synth({ ...withModels, services: { ...withModels.services, istio: { expose } } });
    await platform.deploy();
    const url = `https://${host}${open.path}`;
    const status = (shows?: Certificate) => statusOf(url, open.body, { trusts: certificates[1].cert, shows });
    await eventually(
      'it asks',
      () =>
        status().then(
          () => false,
          () => true,
        ),
      { every: 500 },
    );
    await expect(status(stranger)).rejects.toThrow();
    expect(await status(client)).toBe(200);
  });

  step('it speaks plain HTTP again', async () => {
    const { platform, services } = given();
    await platform.synth(withModels);
    await platform.deploy('--prune', '--yes');
    const url = await services.model('creditcard');
    const answers = async (): Promise<boolean> => (await fetch(url)).status > 0;
    await eventually('plain HTTP is back', answers, { every: 500 });
  });
}
