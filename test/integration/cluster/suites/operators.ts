import { Installed } from '../installed';
import { exporterTests } from '../operators/exporters';
import { istioTests } from '../operators/istio';
import { prometheusTests } from '../operators/prometheus';
import { seldonTests } from '../operators/seldon';
import { noNamespaces } from '../optional';
import type { KubernetesVersion } from '../tools';
import { describeVariants } from '../variants';

/** The programs of the platform that talk to the API server, against a real one. */
export function operatorTests(version: KubernetesVersion): void {
  if (noNamespaces !== undefined) {
    test.skip(noNamespaces, () => undefined);
    return;
  }
  describeVariants(version, 'the operators of a platform', (variant) => {
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
  });
}
