import { Installed } from './installed';
import { exporterTests } from './operators/exporters';
import { istioTests } from './operators/istio';
import { prometheusTests } from './operators/prometheus';
import { seldonTests } from './operators/seldon';
import { noNamespaces } from './optional';
import type { variants } from './platform';
import { describeVariants } from './variants';

if (noNamespaces !== undefined) {
  test.skip(noNamespaces, () => undefined);
} else {
  describeVariants('the operators of a platform', operatorTests);
}

function operatorTests(variant: (typeof variants)[number]): void {
  let installed: Installed;

  beforeAll(async () => {
    installed = await Installed.start(variant);
  });
  afterAll(() => installed.stop());

  // First, because its Services and routes are what the others have to find.
  seldonTests(() => installed);
  istioTests(() => installed);
  prometheusTests(() => installed);
  exporterTests(() => installed);
}
