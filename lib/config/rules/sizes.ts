import { amountOf } from '../../kubernetes/quantity';
import type { CommonConfig, ConfigDeclaration } from '../declared';
import { isWritten, valueAt, type Path } from '../path';
import { finding, sourcesOf, type Finding, type Rule } from '../rule';
import { isStoring, type Absence, type Component, type ComponentSize } from '../sizes';
import { isInstalled } from './needs';

type Services<Config> = readonly ConfigDeclaration<Config>[];

/** Every component with its name and its service's. */
const componentsOf = <Config>(
  services: Services<Config>,
): { name: string; service: string; component: Component<Config> }[] =>
  services.flatMap(({ name: service, sizes = {} }) =>
    Object.entries(sizes).map(([name, component]) => ({ name, service, component })),
  );

/** Why no part of a service is installed; undefined where one is. */
export function absenceOf({ services }: Pick<CommonConfig, 'services'>, name: string): Absence | undefined {
  const service = services[name];
  if (service === undefined || isInstalled(service)) return undefined;
  return typeof service === 'boolean'
    ? { because: ['services', name], is: 'false' }
    : { because: ['services', name, 'external'], is: 'set' };
}

const overridesOfWhatIsThere =
  <Config extends CommonConfig>(services: Services<Config>): Rule<Config> =>
  (config, { written }) =>
    componentsOf(services).flatMap(({ name, service, component }) => {
      const path = ['size', 'overrides', name];
      const absence = component.absent === undefined ? absenceOf(config, service) : component.absent(config);
      const value = valueAt(written, path);
      if (absence === undefined || value === undefined) return [];
      const rule = `has no effect while ${absence.because.join('.')} is ${absence.is} (remove it)`;
      return [finding(path, value, rule, absence.because)];
    });

const singleReplicas =
  <Config extends CommonConfig>(services: Services<Config>): Rule<Config> =>
  ({ sizes }) =>
    componentsOf(services).flatMap(({ name, component: { single } }) => {
      const replicas = sizes[name]?.replicas;
      return single === undefined || replicas === 1
        ? []
        : [finding(['size', 'overrides', name, 'replicas'], replicas, `must be 1: ${single} (remove it)`)];
    });

const disksOnlyWhereKept =
  <Config extends CommonConfig>(services: Services<Config>): Rule<Config> =>
  ({ sizes }) =>
    componentsOf(services).flatMap(({ name, component }) => {
      const disk = sizes[name]?.disk;
      return disk === undefined || isStoring(component)
        ? []
        : [finding(['size', 'overrides', name, 'disk'], disk, 'this component keeps nothing on a disk (remove it)')];
    });

const requestsWithinLimits: Rule<CommonConfig> = ({ sizes }, { written }) =>
  Object.entries(sizes).flatMap(([name, size]) =>
    aboveLimit(['size', 'overrides', name], size, written, (figure) => sourcesOf(written, name, figure)),
  );

/**
 * The requests of a size that exceed their limits. Blames the request where the user wrote it, or else the limit.
 *
 * @param sources the fields that decide each figure
 */
export function aboveLimit(
  path: Path,
  size: ComponentSize,
  written: unknown,
  sources: (figure: keyof ComponentSize) => readonly Path[],
): Finding[] {
  return (['cpu', 'memory'] as const).flatMap((request) => {
    const limit = `${request}Limit` as const;
    if (amountOf(size[request]) <= amountOf(size[limit])) return [];
    const because = [...sources(request), ...sources(limit), [...path, request], [...path, limit]];
    if (isWritten(written, [...path, request])) {
      const rule = `must not be above its limit of ${size[limit]} (lower it, or raise ${limit})`;
      return [finding([...path, request], size[request], rule, ...because)];
    }
    const rule = `must not be below its request of ${size[request]} (raise it, or lower ${request})`;
    return [finding([...path, limit], size[limit], rule, ...because)];
  });
}

export const sizeRules = <Config extends CommonConfig>(services: Services<Config>): readonly Rule<Config>[] => [
  overridesOfWhatIsThere(services),
  singleReplicas(services),
  disksOnlyWhereKept(services),
  requestsWithinLimits,
];
