import type { PlatformConfig } from '../../charts/config';
import { build, render } from '../../charts/synthesize';
import type { Output } from '../../lib/checks/output';
import type { RenderOptions } from '../../lib/helm/render';

/** The output of a config, not yet checked. */
export const assemble = async (config: PlatformConfig, options: RenderOptions = {}): Promise<Output> =>
  (await render(build(config), config, options)).output;
