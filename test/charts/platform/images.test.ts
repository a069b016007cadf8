import { imageCatalog } from '../../../charts/catalog';
import { imagePins, withDigests, type ImageName } from '../../../charts/config';
import { synthesize } from '../../../charts/synthesize';
import { Images } from '../../../lib/images/images';
import { listImages } from '../../../lib/images/list';
import { podTemplateOf, type KubernetesObject } from '../../../lib/kubernetes/object';
import { merge, parse, smallest, type Loose } from '../../support/config';
import { nameOf, platform, watched } from './platform';

describe('images', () => {
  /** Every container of every pod that is written here, and of those that Prometheus' operator makes. */
  const imagesOf = (objects: readonly KubernetesObject[]): string[] =>
    objects.flatMap((object) => {
      const { containers = [], initContainers = [] } = podTemplateOf(object)?.spec ?? {};
      const { image } = (object.spec ?? {}) as { image?: string };
      return [
        ...[...containers, ...initContainers].map((container) => container.image),
        ...(image === undefined ? [] : [image]),
      ];
    });

  const complete = {
    services: { istio: { egressGateway: true }, grafana: {} },
    cluster: { nfs: { server: 'nfs.example.org', path: '/share' } },
    models: [{ ...watched, shadow: { registeredModel: { name: 'creditcard', version: 3 } } }],
  };

  test('come from a mirror, with its login, wherever a pod is', async () => {
    const images = { registry: 'mirror.example.org/all', pullSecrets: ['mirror-login'] };
    const { objects, text } = await platform(merge(complete, { images }) as object);
    expect(imagesOf(objects).filter((image) => !image.startsWith('mirror.example.org/all/'))).toEqual([]);
    for (const object of objects) {
      const pod = podTemplateOf(object)?.spec;
      if (pod !== undefined)
        expect({ object: nameOf(object), secrets: pod.imagePullSecrets }).toMatchObject({
          secrets: [{ name: 'mirror-login' }],
        });
    }
    for (const { registry } of Object.values(imagePins)) expect(text).not.toContain(`${registry}/`);
  });

  test('are each replaced by one of your own', async () => {
    const own = (name: string): string => {
      const path = { istiod: 'istio/pilot', istioProxy: 'istio/proxyv2' }[name] ?? name.toLowerCase();
      return `own.example.org/${path}:9.9.9`;
    };
    const overrides = Object.fromEntries(Object.keys(imagePins).map((name) => [name, own(name)]));
    const { objects, text } = await platform(merge(complete, { images: { overrides } }) as object);
    expect(imagesOf(objects).filter((image) => !image.startsWith('own.example.org/'))).toEqual([]);
    // Seldon and Istio's injection keep name and tag apart.
    const lacking = Object.keys(imagePins).filter(
      (name) =>
        !text.includes(own(name)) &&
        !text.includes(`"image":"${own(name).replace(':9.9.9', '')}","defaultImageVersion":"9.9.9"`),
    );
    expect(lacking).toEqual([]);
  });

  test('keep the digest that they are pinned by', async () => {
    const digest = `sha256:${'5'.repeat(64)}`;
    const names = Object.keys(imagePins);
    const overrides = Object.fromEntries(
      names.map((name) => [name, `own.example.org/${name.toLowerCase()}:1@${digest}`]),
    );
    const { text } = await platform(merge(complete, { images: { overrides } }) as object);
    // Seldon keeps the images of its servers and their versions apart.
    const joined = text.replaceAll('","defaultImageVersion":"', ':');
    const written = new Set(joined.match(/own\.example\.org\/[^"'\s,]+/g));
    expect(written.size).toBeGreaterThanOrEqual(names.length);
    expect([...written].filter((image) => !image.endsWith(`@${digest}`))).toEqual([]);
  });

  test('have tag and digest where there is a lock, except those that you build', async () => {
    const digest = `sha256:${'6'.repeat(64)}`;
    const model = { name: 'own', image: 'registry.example.org/own:1.4.0' };
    const config = parse(merge(merge(smallest, complete), { models: [...complete.models, model] }) as object);
    const pins = new Images(imagePins);
    const published = (Object.keys(imagePins) as ImageName[]).filter(
      (name) => imagePins[name].registry !== 'localhost',
    );
    const references = [...published.map((name) => pins.reference(name)), model.image];
    const digests = Object.fromEntries(references.map((reference) => [reference, digest]));
    const { files, images } = await synthesize(withDigests(config, digests));
    const written = listImages(files, imageCatalog, images);
    const withoutDigest = written.filter(({ image }) => !/:[^@]+@sha256:6+$/.test(image));
    expect(withoutDigest.map(({ origin }) => origin)).toEqual(withoutDigest.map(() => 'built'));
    expect(written.length - withoutDigest.length).toBeGreaterThan(20);
    // One that is missing is a mistake, not an image by tag alone.
    const others = Object.entries(digests).filter(([reference]) => reference !== model.image);
    await expect(synthesize(withDigests(config, Object.fromEntries(others)))).rejects.toThrow(
      'registry.example.org/own:1.4.0, which is not in images.lock.json (run npm run images -- lock)',
    );
  });
});

test('an image that a model is comes from where you say, whatever the mirror', async () => {
  const image = 'registry.example.org/own:1.4.0';
  const { get } = await platform({
    images: { registry: 'mirror.example.org/all' },
    models: [{ name: 'own', image, canary: { image: 'own.example.org/b:2', traffic: 5 } }],
  });
  const { predictors } = get('SeldonDeployment', 'own').spec;
  expect(predictors.map(({ componentSpecs }: Loose) => componentSpecs[0].spec.containers[0].image)).toEqual([
    image,
    'own.example.org/b:2',
  ]);
});
