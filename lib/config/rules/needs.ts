import type { Need } from '../claims';
import type { CommonConfig, ConfigDeclaration } from '../declared';
import { hasKey, valueAt } from '../path';
import { enumerate, finding, type Rule } from '../rule';

/** The needs of a service that is not switched off. */
export const serviceNeeds =
  (name: string, ...providers: string[]) =>
  ({ services }: Pick<CommonConfig, 'services'>): Need[] =>
    services[name] === false ? [] : [{ user: ['services', name], name, providers }];

/** The needs of the first model that has a key. */
export function modelKeyNeeds<Key extends string>(key: Key, ...providers: string[]) {
  return ({ models }: { readonly models: readonly { readonly [Name in Key]?: unknown }[] }): Need[] => {
    const index = models.findIndex((model) => model[key] !== undefined);
    return index < 0 ? [] : [{ user: ['models', index, key], name: `models[${index}].${key}`, providers }];
  };
}

/** Whether a service is neither switched off nor external. */
export const isInstalled = (service: false | object | undefined): service is object =>
  typeof service === 'object' && (service as { readonly external?: unknown }).external === undefined;

/** No service that others need is off. */
export const neededServices =
  <Config extends CommonConfig>(services: readonly ConfigDeclaration<Config>[]): Rule<Config> =>
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

/** An output without objects would empty the manifests folder. */
export const somethingInstalled =
  <Config extends CommonConfig>(services: readonly ConfigDeclaration<Config>[]): Rule<Config> =>
  (config, { written }) => {
    const installed = services.some(({ name, installs }) => installs?.(config) ?? isInstalled(config.services[name]));
    if (installed) return [];
    const path = ['services'];
    const rule = 'leaves nothing to install (leave at least one service on)';
    const because = Object.keys(config.services).map((name) => [...path, name]);
    return [finding(path, valueAt(written, path), rule, ['cluster'], ...because)];
  };

/** Settings of an installed service make no sense beside `external`. */
export const nothingBesideExternal =
  (name: string, ...settings: readonly string[]): Rule<unknown> =>
  (_config, { written }) => {
    const service = valueAt(written, ['services', name]);
    if (!hasKey(service, 'external')) return [];
    return Object.entries(service).flatMap(([key, value]) => {
      if (!settings.includes(key)) return []; // Any other key is unknown, which the schema reports.
      const path = ['services', name, key];
      return [{ ...finding(path, value, `has no effect beside services.${name}.external (remove it)`), because: [] }];
    });
  };
