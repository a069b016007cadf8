import { build, render } from '../../charts/synthesize';
import { parseConfig, type PlatformConfig } from '../../charts/config';
import { HelmRelease } from '../../lib/helm/release';
import { completeConfig, namedImages } from '../support/complete-config';
import { smallest } from '../support/config';
import { Table } from '../support/table';

// What each bundled Helm chart starts, opens, watches and allows, with the values that the platform gives it.

const configs: readonly (readonly [string, PlatformConfig])[] = [
  ['the smallest config', parseConfig({ ...smallest, images: { overrides: namedImages } })],
  ['a config with every key set', completeConfig],
];

describe.each(configs)('with %s', (_, config) => {
  const app = build(config);
  const releases = HelmRelease.allIn(app);

  beforeAll(() => render(app, config));

  test('these Helm charts are rendered', () => {
    expect(releases.map(({ props }) => `${props.releaseName}: ${props.chart.name}`)).toMatchSnapshot();
  });

  test.each(releases.map((release) => [release.props.releaseName, release] as const))(
    '%s comes out as these objects',
    (_name, release) => {
      expect(new Table(release.objects)).toMatchSnapshot();
    },
  );
});
