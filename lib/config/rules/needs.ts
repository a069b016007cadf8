import type { CommonConfig, ServiceDeclaration } from '../declaration';
import { hasKey, valueAt } from '../path';
import type { Need } from './claims';
import { enumerate, finding, type Rule } from './rule';

/** What a service needs wherever it is not switched off. */
export const serviceNeeds =
  (name: string, ...providers: string[]) =>
  ({ services }: Pick<CommonConfig, 'services'>): Need[] =>
    services[name] === false ? [] : [{ user: ['services', name], name, providers }];

/** What the first model needs that has a key. */
export function modelKeyNeeds<Key extends string>(key: Key, ...providers: string[]) {
  return ({ models }: { readonly models: readonly { readonly [Name in Key]?: unknown }[] }): Need[] => {
    const index = models.findIndex((model) => model[key] !== undefined);
    return index < 0 ? [] : [{ user: ['models', index, key], name: `models[${index}].${key}`, providers }];
  };
}

/** A service that is switched off, or somebody else's. */
export const isInstalled = (service: false | object | undefined): service is object =>
  typeof service === 'object' && (service as { readonly external?: unknown }).external === undefined;

/** No service is off that something else needs. */
export const neededServices =
  <Config extends CommonConfig>(services: readonly ServiceDeclaration<Config>[]): Rule<Config> =>
  (config) => {
    const needs = services.flatMap((service) => service.needs?.(config) ?? []);
    const providers = [...new Set(needs.flatMap((need) => need.providers))];
    return providers.flatMap((provider) => {
      const users = needs.filter((need) => need.providers.includes(provider));
      if (config.services[provider] !== false) return [];
      const verb = users.length > 1 || users[0]?.name === 'models' ? 'need' : 'needs';
      const rule = `${enumerate(users.map(({ name }) => name))} ${verb} it (leave it on, or leave out what needs it)`;
      return [finding(['services', provider], false, rule, ...users.map(({ user }) => user))];
    });
  };

/** An output without objects would empty the folder of manifests. */
export const somethingInstalled =
  <Config extends CommonConfig>(services: readonly ServiceDeclaration<Config>[]): Rule<Config> =>
  (config, { written }) => {
    const installed = services.some(({ name, installs }) => installs?.(config) ?? isInstalled(config.services[name]));
    if (installed) return [];
    const path = ['services'];
    const rule = 'leaves nothing to install (leave at least one service on)';
    const because = Object.keys(config.services).map((name) => [...path, name]);
    return [finding(path, valueAt(written, path), rule, ['cluster'], ...because)];
  };

/** With an `external` nothing is installed that its neighbours could be about. */
export const nothingBesideExternal =
  (name: string, ...settings: readonly string[]): Rule<unknown> =>
  (_config, { written }) => {
    const service = valueAt(written, ['services', name]);
    if (!hasKey(service, 'external')) return [];
    return Object.entries(service).flatMap(([key, value]) => {
      if (!settings.includes(key)) return []; // Any other key is unknown, which is said already.
      const path = ['services', name, key];
      return [{ ...finding(path, value, `has no effect beside services.${name}.external (remove it)`), because: [] }];
    });
  };
