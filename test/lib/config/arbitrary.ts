import fc, { type Arbitrary } from 'fast-check';
import { components, imagePins } from '../../../charts/config';
import { models } from './arbitrary/models';
import { junk, penWith, type Pen } from './arbitrary/pen';
import { services } from './arbitrary/services';
import { figures, hosts } from './arbitrary/values';

// Configs as people write them: most values fit, some do not, and fields that must agree with each other are drawn from
// few values, so that they sometimes clash.

/** A config with at most so many mistakes in a hundred values. */
function config(pen: Pen): Arbitrary<unknown> {
  const { write, some } = pen;
  const free = Object.keys(components).filter((component) => !['egressGateway', 'nfsProvisioner'].includes(component));
  const overrides = write(fc.dictionary(fc.constantFrom(...free), figures(pen), { maxKeys: 1 }));
  return some(
    {
      name: write(fc.constantFrom('mlops', 'a', 'constructor', 'x'.repeat(51))),
      namespacePrefix: write(fc.constantFrom('team-a', 'y'.repeat(51))),
      cluster: some(
        {
          externalHost: write(hosts),
          domain: write(fc.constantFrom('cluster.local', 'k8s.example.org')),
          kubernetesVersion: write(fc.constantFrom('1.32', '1.34', '1.36')),
          nfs: some({ server: write(hosts), path: write(fc.constant('/share')) }, 'server', 'path'),
        },
        'externalHost',
      ),
      size: some({ profile: write(fc.constantFrom('team', 'production', 'laptop')), overrides }, 'profile'),
      services: services(pen),
      models: write(
        fc.uniqueArray(models(pen), { maxLength: 3, selector: (item) => (item as { name?: unknown } | null)?.name }),
      ),
      secrets: some({ mode: write(fc.constantFrom('generated', 'existing')) }, 'mode'),
      networkPolicies: write(
        fc.constantFrom(
          {},
          false,
          { apiServerPorts: [16443], flavor: 'cilium' },
          { clients: [{ namespace: 'notebooks', to: ['mlflow', 'models'] }] },
        ),
      ),
      images: some({
        registry: write(fc.constantFrom('registry.example.org/mirror', 'localhost:5000')),
        pullSecrets: write(fc.uniqueArray(fc.constantFrom('regcred', 'other'))),
        overrides: write(
          fc.dictionary(
            fc.constantFrom(...Object.keys(imagePins).filter((name) => !name.startsWith('istio'))),
            fc.constantFrom('registry.example.org/a:1', 'registry.example.org/b/c:2'),
            { maxKeys: 3 },
          ),
        ),
      }),
    },
    'cluster',
    'size',
  );
}

/** Without a value that is wrong in itself; some break a rule between fields. */
export const fittingConfigs: Arbitrary<unknown> = config(penWith(0));

/** Most of them without a value that is wrong in itself, of which a third break no rule either; the others with a few or many. */
export const configs: Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fittingConfigs },
  { weight: 2, arbitrary: config(penWith(2)) },
  { weight: 2, arbitrary: config(penWith(20)) },
  { weight: 1, arbitrary: junk },
);
