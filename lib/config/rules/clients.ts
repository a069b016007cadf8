import type { CommonConfig } from '../declared';
import { finding, type Rule } from '../rule';
import { isInstalled } from './needs';

/** Clients are let in only to what is installed: for anything else the policies of others decide. */
export const installedForClients: Rule<CommonConfig> = ({ networkPolicies, services }) => {
  if (networkPolicies === false) return [];
  return networkPolicies.clients.flatMap(({ to }, client) =>
    to.flatMap((name, position) => {
      if (!(name in services) || isInstalled(services[name])) return [];
      const rule = 'is not installed, so no policy of the platform is about it (remove it)';
      return [finding(['networkPolicies', 'clients', client, 'to', position], name, rule, ['services', name])];
    }),
  );
};
