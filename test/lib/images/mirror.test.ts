import { parseConfig, type Config } from '../../../charts/config';
import { imageCatalog } from '../../../charts/catalog';
import { listImages, type PlatformImage } from '../../../lib/images/list';
import { mirrorScript } from '../../../lib/images/mirror';
import { synthesize } from '../../../charts/synthesize';
import { describeWithOriginals } from '../../support/original-charts';

// Which bytes an archive must have is tested elsewhere: here any archive of the pinned version will do.
jest.mock('../../../lib/helm/archive-store', () => {
  const store = jest.requireActual<typeof import('../../../lib/helm/archive-store')>('../../../lib/helm/archive-store');
  return { ...store, archiveProblems: () => [] };
});

const watched = <Server extends string>(server: Server) => ({
  name: server,
  server,
  uri: `s3://models/${server}/1`,
  drift: { registeredModel: { name: 'creditcard', version: 1 } },
});

/** Everything that can be on, and a model of every server and protocol. */
const config: Config = {
  cluster: { externalHost: '192.0.2.10', nfs: { server: '192.0.2.20', path: '/srv/volumes' } },
  size: { profile: 'production' },
  services: { istio: { egressGateway: true } },
  models: [
    { ...watched('mlflow'), name: 'mlflow-v1', protocol: 'v1' },
    ...(['mlflow', 'sklearn', 'xgboost'] as const).map(watched),
    { name: 'huggingface', server: 'huggingface', task: 'fill-mask', uri: 's3://models/huggingface/1' },
    { name: 'triton', server: 'triton', uri: 's3://models/triton/1' },
  ],
};

async function platform(charts: 'bundled' | 'upstream', images: Config['images'] = {}, own: Config['models'] = []) {
  const models = [...(config.models ?? []), ...own];
  const output = await synthesize(parseConfig({ ...config, models, charts, images }));
  const text = [...output.contents.values()].join('\n');
  return { text, images: listImages(output.files, imageCatalog, output.images) };
}

/** Source and target of every copy that a script makes. */
const copiesOf = (script: string): [source: string, target: string][] =>
  [...script.matchAll(/^copy (\S+) (\S+)$/gm)].map(([, source = '', target = '']) => [source, target]);

const names = (images: readonly PlatformImage[]): string[] => images.map(({ image }) => image);

describe('with bundled charts', () => {
  imagesOf('bundled');
});

describeWithOriginals('with upstream charts', () => {
  imagesOf('upstream');
});

function imagesOf(charts: 'bundled' | 'upstream'): void {
  test.each(['mirror.example.org', 'registry.example.org:5000/mlops/mirror'])(
    'and the mirror %s, no image is from anywhere else, whatever text it is in',
    async (registry) => {
      const { text } = await platform(charts, { registry });
      // Nothing here shares code with what finds images.
      const elsewhere = /(?<![\w.-])(docker\.io|quay\.io|registry\.k8s\.io|nvcr\.io|ghcr\.io|gcr\.io|localhost)\/\S+/g;
      expect(text.match(elsewhere)).toBeNull();
      const fields = [...text.matchAll(/\b(?:image|hub)\\*"?: ?\\*["']?([\w.][\w./:@-]*)/g)].map(
        ([, image = '']) => image,
      );
      expect(fields.length).toBeGreaterThan(30);
      expect(fields.filter((image) => !image.startsWith(`${registry}/`) && image !== 'auto')).toEqual([]);
      const theirs = /\b(istio\/(pilot|proxyv2)|seldonio\/[\w-]+|bitnami(legacy)?\/[\w-]+|library\/[\w-]+):/g;
      const places = [...text.matchAll(theirs)].map(({ index }) => text.slice(index - registry.length - 1, index));
      expect(places.length).toBeGreaterThan(0);
      expect(places.filter((place) => place !== `${registry}/`)).toEqual([]);
    },
  );

  test.each(['mirror.example.org', 'registry.example.org:5000/mlops/mirror'])(
    'and the mirror %s, the script fills it with just what the platform then pulls',
    async (registry) => {
      const { images } = await platform(charts);
      const mirrored = await platform(charts, { registry });
      const copies = copiesOf(mirrorScript(images, registry));
      const built = mirrored.images.filter(({ origin }) => origin === 'built');
      expect(built).toHaveLength(2);
      expect([...copies.map(([, target]) => target), ...names(built)].sort()).toEqual(names(mirrored.images));
      const published = images.filter(({ origin }) => origin === 'published');
      expect(copies.map(([source]) => source)).toEqual(names(published));
    },
  );

  test('every image has a known licence, in a mirror too, and an unknown architecture is listed as such', async () => {
    const { images } = await platform(charts);
    expect(images.filter(({ licence }) => licence === 'unknown')).toEqual([]);
    const unknown = images.filter(({ architectures }) => architectures === 'unknown');
    expect(names(unknown)).toEqual([
      'docker.io/danielqsj/kafka-exporter:v1.9.0',
      'localhost/mlops-infra/drift-detector:0.1.0',
      'localhost/mlops-infra/mlflow:3.17.2',
      'nvcr.io/nvidia/tritonserver:26.09-py3',
    ]);
    const { images: mirrored } = await platform(charts, { registry: 'registry.example.org:5000/mlops/mirror' });
    const facts = (list: readonly PlatformImage[]): string[] =>
      list.map(({ services, licence, architectures, note = '' }) => [services, licence, architectures, note].join(' '));
    expect(facts(mirrored).sort()).toEqual(facts(images).sort());
  });
}

describe('an image that the user chose', () => {
  const registry = 'mirror.example.org';
  const digest = `sha256:${'a'.repeat(64)}`;
  const overrides = {
    kafka: 'own.example.org:5000/apache/kafka:3.7.2',
    seldonExecutor: `own.example.org/executor:1@${digest}`,
    mlflow: 'own.example.org/mlflow:3.17.2',
  };

  const model = { name: 'own', image: 'own.example.org/model:1' };
  const inConfig = [...Object.values(overrides), model.image].sort();

  test('stays where it is, nothing is claimed about it, and the script leaves it alone', async () => {
    const { images } = await platform('bundled', { overrides }, [model]);
    const chosen = images.filter(({ origin }) => origin === 'chosen');
    expect(chosen).toEqual(
      inConfig.map((image) => expect.objectContaining({ image, licence: 'unknown', architectures: 'unknown' })),
    );
    const script = mirrorScript(images, registry);
    expect(copiesOf(script).filter(([source]) => source.startsWith('own.'))).toEqual([]);
    for (const image of inConfig) expect(script).toContain(`#   ${image}\n`);
    const mirrored = await platform('bundled', { registry, overrides }, [model]);
    expect(names(mirrored.images).filter((image) => !image.startsWith(`${registry}/`))).toEqual(names(chosen));
  });
});

describe('the script', () => {
  const digest = `sha256:${'b'.repeat(64)}`;
  const published = (image: string): PlatformImage => ({
    image,
    services: ['probe'],
    origin: 'published',
    licence: 'MIT',
    architectures: ['amd64'],
  });

  test.each([
    ['docker.io/a/b:1', 'docker.io/a/b:1', 'mirror.example.org/all/a/b:1'],
    ['b:1', 'docker.io/library/b:1', 'mirror.example.org/all/library/b:1'],
    ['quay.io:443/a/b/c:1', 'quay.io:443/a/b/c:1', 'mirror.example.org/all/a/b/c:1'],
    [`quay.io/a/b:1@${digest}`, `quay.io/a/b@${digest}`, 'mirror.example.org/all/a/b:1'],
    [`localhost:5000/a@${digest}`, `localhost:5000/a@${digest}`, `mirror.example.org/all/a@${digest}`],
  ])('never gives skopeo a tag and a digest together: %s', (image, source, target) => {
    expect(copiesOf(mirrorScript([published(image)], 'mirror.example.org/all'))).toEqual([[source, target]]);
  });

  test('copies what the lock says, and what the lock does not know by its tag', () => {
    const images = [published('docker.io/a/b:1'), published('c:1')];
    expect(copiesOf(mirrorScript(images, 'mirror.example.org', { 'docker.io/a/b:1': digest }))).toEqual([
      [`docker.io/a/b@${digest}`, 'mirror.example.org/a/b:1'],
      ['docker.io/library/c:1', 'mirror.example.org/library/c:1'],
    ]);
  });
});
