import { declaredBy } from '../lib/checks/declared';
import type { OutputIndex } from '../lib/checks/output-index';
import type { ConnectionProps } from '../lib/graph/connection';
import { serviceOfChart, type OriginalChart } from '../lib/helm/chart-catalog';
import { clientViolations } from '../lib/network/clients';
import { undeclaredViolations } from '../lib/network/undeclared';
import type { ImageCatalog } from '../lib/images/list';
import { keepsSource, type DataRule } from '../lib/service/data-rule';
import type { OperatorFacts, ServiceDeclaration, Upgrade } from '../lib/service/declaration';
import { helmCharts, imagePins, type PlatformConfig } from './config';
import { services } from './services';

// What the services declare, grouped by subject, for commands that list or compare it.

const declarations: readonly ServiceDeclaration<PlatformConfig>[] = services;

/** What the services declare for the checks of the output. */
export const declared = declaredBy(declarations);

/** The rules over the output that need all connections, and those that services declare. */
export const outputRules = [
  undeclaredViolations,
  clientViolations,
  ...declarations.flatMap((service) => service.outputRules ?? []),
];

/** Every image: those of the platform, and those that original Helm charts use instead. */
export const imageCatalog: ImageCatalog = {
  pins: imagePins,
  original: declarations.flatMap(({ originalCharts }) => [
    ...Object.values(originalCharts?.images ?? {}),
    ...(originalCharts?.namedThere ?? []),
  ]),
  spellings: declared.imageSpellings,
};

/** Every original Helm chart. */
export const originalCharts: readonly OriginalChart[] = Object.values(helmCharts).map(({ original }) => original);

/** The operators that the platform can install. */
export const operators: readonly OperatorFacts[] = declarations.flatMap(({ operator }) => operator ?? []);

/** Sections of docs/upgrading.md. */
export const upgrades: readonly Upgrade[] = declarations.flatMap((service) => service.upgrades ?? []);

/** What must not change while there is data. */
export const dataRules: readonly DataRule[] = [
  keepsSource((chart) => serviceOfChart(declarations, chart)),
  ...declarations.flatMap((service) => service.dataRules ?? []),
];

/** Facts about the platform that do not depend on the config; `npm run doctor` compares a cluster with them. */
export const platformFacts = {
  images: imageCatalog,
  operators,
  upgrades,
  dataRules,
  customResources: declared.customResources,
};

/** Images that the user names in keys of services. */
export const ownImages = (config: PlatformConfig): string[] =>
  declarations.flatMap((service) => service.ownImages?.(config) ?? []);

/** StorageClass of every volume where the user names none; undefined for the cluster's default class. */
export const defaultStorageClass = (config: PlatformConfig): string | undefined =>
  declarations.map((service) => service.storageClass?.(config)).find((name) => name !== undefined);

/** Connections that follow from objects of the output, as the operators of services read them. */
export const connectionsOf = (index: OutputIndex, config: PlatformConfig): ConnectionProps[] =>
  declarations.flatMap((service) => service.connections?.(index, config) ?? []);

/** API groups whose definitions the user's cluster brings. */
export const externalApiGroups = (config: PlatformConfig): string[] => [
  ...declarations.flatMap((service) => service.externalApiGroups?.(config) ?? []),
  ...(config.networkPolicies !== false && config.networkPolicies.flavor === 'cilium' ? ['cilium.io'] : []),
];
