import type { ExternalServer } from '../claims';
import type { CommonConfig, ConfigDeclaration } from '../declared';
import { finding, type Rule } from '../rule';
import { twice } from './once';

/** `host:port` of a URL. */
export function authority(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

const externalServers = <Config>(config: Config, services: readonly ConfigDeclaration<Config>[]): ExternalServer[] =>
  services.flatMap((service) => service.externalServers?.(config) ?? []);

/** Servers of different kinds have different addresses. */
export const externalAddressesOnce =
  <Config>(services: readonly ConfigDeclaration<Config>[]): Rule<Config> =>
  (config, { isSure }) => {
    const servers = externalServers(config, services).filter(({ kind }) => kind !== undefined);
    // Two databases may share a server; another rule reports a broker that is listed twice.
    const claims = servers.filter(
      ({ kind, value }, index) => servers.findIndex((other) => other.kind === kind && other.value === value) === index,
    );
    return twice(isSure, claims, (first) => `${first} leads to the same address (write the address of each server)`);
  };

/** A full name in the cluster's DNS ends in the cluster's domain. */
export const externalNamesInDomain =
  <Config extends CommonConfig>(services: readonly ConfigDeclaration<Config>[]): Rule<Config> =>
  (config) => {
    const { domain } = config.cluster;
    return externalServers(config, services).flatMap(({ path, value }) => {
      const [, other] = /^[^.]+\.[^.]+\.svc\.(.+):\d+$/.exec(value) ?? [];
      if (other === undefined || other === domain) return [];
      const rule = `is in the cluster domain ${other}, but cluster.domain is ${domain} (make them the same)`;
      return [finding(path, value, rule, ['cluster', 'domain'])];
    });
  };
