import type { CommonConfig } from '../declared';
import { finding, type Rule } from '../rule';
import { isInstalled } from './needs';

/** Pods as the config calls them → the service that makes them. */
export type Makers = Readonly<Record<string, string>>;

/** Clients are let in only to what is installed: for anything else the policies of others decide. */
export const installedForClients =
  (makers: Makers): Rule<CommonConfig> =>
  ({ networkPolicies, services }) => {
    if (networkPolicies === false) return [];
    return networkPolicies.clients.flatMap(({ to }, client) =>
      to.flatMap((name, position) => {
        const service = makers[name] ?? name;
        if (!(service in services) || isInstalled(services[service])) return [];
        const rule = 'is not installed, so no policy of the platform is about it (remove it)';
        return [finding(['networkPolicies', 'clients', client, 'to', position], name, rule, ['services', service])];
      }),
    );
  };

/** Destinations are about pods that something makes. */
export const installedForDestinations =
  (makers: Makers): Rule<CommonConfig> =>
  ({ networkPolicies, services }) => {
    if (networkPolicies === false) return [];
    return networkPolicies.destinations.flatMap(({ from }, index) => {
      const service = makers[from] ?? from;
      if (!(service in services) || isInstalled(services[service])) return [];
      const rule = `are made by ${service}, which is not installed (remove the destination)`;
      return [finding(['networkPolicies', 'destinations', index, 'from'], from, rule, ['services', service])];
    });
  };
