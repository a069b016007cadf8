import type { NodePort } from '../claims';
import type { CommonConfig, ConfigDeclaration } from '../declared';
import { formatPath, hasKey, isWritten, type Path } from '../path';
import { finding, type Finding, type Rule } from '../rule';
import type { HttpExposure } from '../sections/exposure';
import { isInstalled } from './needs';
import { twice } from './once';

type Services<Config> = readonly ConfigDeclaration<Config>[];

/** An HTTP exposure of an installed service. */
interface HttpExposed {
  readonly path: Path;
  /** The key that would make the service external. */
  readonly external: Path;
  readonly expose: HttpExposure;
}

function httpExposures(config: CommonConfig, services: readonly ConfigDeclaration[]): HttpExposed[] {
  return services.flatMap(({ name, httpExposures: keys = [] }) => {
    const service = config.services[name];
    if (!isInstalled(service)) return [];
    return keys.flatMap((key) =>
      hasKey(service, key)
        ? [
            {
              path: ['services', name, key],
              external: ['services', name, 'external'],
              expose: service[key] as HttpExposure,
            },
          ]
        : [],
    );
  });
}

/** Each service behind an Ingress has its own host name. */
export const ingressHostsOnce =
  (services: readonly ConfigDeclaration[]): Rule<CommonConfig> =>
  (config, { isSure }) =>
    twice(
      isSure,
      httpExposures(config, services).flatMap(({ path, expose }) =>
        expose.type === 'ingress' ? [{ path: [...path, 'host'], value: expose.host }] : [],
      ),
      (first) => `${first} has this host already (give each service a host of its own)`,
    );

/** A node port that is the value or the default of a key. */
export const writtenPort = (port: number, path: Path, because: readonly Path[]): NodePort => ({
  ...{ port, path, value: port, owner: formatPath(path), because },
  advice: 'choose another one from 30000 to 32767',
});

/** Every node port that the config uses. */
function nodePorts<Config extends CommonConfig>(
  config: Config,
  services: Services<Config>,
  written: unknown,
): NodePort[] {
  const http = httpExposures(config, services).flatMap(({ path, external, expose }): NodePort[] =>
    expose.type === 'nodePort' ? [writtenPort(expose.port, [...path, 'port'], [[...path, 'type'], external])] : [],
  );
  return [...http, ...services.flatMap((service) => service.nodePorts?.(config, written) ?? [])];
}

/** Node ports are unique, and derived ones are in range. */
export const nodePortsOnce =
  <Config extends CommonConfig>(services: Services<Config>): Rule<Config> =>
  (config, { written, isSure }) => {
    // In a conflict with a default, the written port is the one to change.
    const wasWritten = ({ path }: NodePort): boolean => isWritten(written, path);
    const all = nodePorts(config, services, written).filter(({ path, because }) => isSure(path, ...because));
    const taken = new Map<number, NodePort>();
    return [...all.filter((one) => !wasWritten(one)), ...all.filter(wasWritten)].flatMap((one): Finding[] => {
      const first = taken.get(one.port);
      taken.set(one.port, first ?? one);
      const derived =
        one.value === one.port ? '' : `${one.owner.replace(/ of .*/, '')} would get node port ${one.port}, `;
      if (one.port > 32767) {
        return [finding(one.path, one.value, `${derived}which is above 32767 (${one.advice})`, ...one.because)];
      }
      if (first === undefined) return [];
      const byDefault = wasWritten(first) ? '' : ' by default';
      const clash =
        derived === ''
          ? `${first.owner} already has this node port${byDefault}`
          : `${derived}which ${first.owner} already has${byDefault}`;
      const rule = `${clash} (${one.advice})`;
      return [finding(one.path, one.value, rule, ...one.because, first.path, ...first.because)];
    });
  };
