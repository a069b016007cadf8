import type { CommonConfig, ConfigDeclaration } from '../declared';
import type { Rule } from '../rule';
import { ingressHostsOnce, nodePortsOnce } from './exposures';
import { externalAddressesOnce, externalNamesInDomain } from './external-servers';
import { neededServices, somethingInstalled } from './needs';
import { installedForClients, installedForDestinations, type Makers } from './network-policies';
import { listedOnce } from './once';
import { sizeRules } from './sizes';

const pullSecretsOnce: Rule<CommonConfig> = ({ images }, evidence) =>
  listedOnce(['images', 'pullSecrets'], images.pullSecrets, evidence);

/**
 * Every rule between fields: the general ones, and those that services declare.
 *
 * @param makers of the pods that network policies are about
 */
export const rulesOf = <Config extends CommonConfig>(
  services: readonly ConfigDeclaration<Config>[],
  makers: Makers,
): readonly Rule<Config>[] => [
  neededServices(services),
  somethingInstalled(services),
  ingressHostsOnce(services),
  externalAddressesOnce(services),
  externalNamesInDomain(services),
  nodePortsOnce(services),
  installedForClients(makers),
  installedForDestinations(makers),
  ...sizeRules(services),
  ...services.flatMap(({ rules = [] }) => rules),
  pullSecretsOnce,
];
