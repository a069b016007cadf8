import { expectedOf } from '../../../cli/report';
import { platformFacts } from '../../../charts/catalog';
import { platform } from '../platform/platform';
import { materialize, nameOf } from '../../../programs/credentials/values';
import type { Data } from '../../../programs/credentials/values';
import { order } from '../../../programs/credentials/specs';
import type { Loose } from '../../support/config';

const secrets = { mode: 'externalSecrets', store: { name: 'vault' }, prefix: 'ml/' } as const;

/** What Go's text/template makes of our templates, with the functions that they use. */
const rendered = (template: string, values: ReadonlyMap<string, string>): string =>
  template.replace(
    /\{\{ (?:index \. "([^"]+)"( \| urlquery \| replace "\+" "%20")?|"(.*?)") \}\}/g,
    (_, key?: string, escaped?: string, text?: string) => {
      if (text !== undefined) return text;
      const value = values.get(key ?? '') ?? '';
      const query = encodeURIComponent(value).replace(
        /[!'()*]/g,
        (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      return escaped === undefined ? value : query;
    },
  );

describe('Secrets from a store of the user', () => {
  test('are each fetched by an ExternalSecret, in place of the Job', async () => {
    const { objects, secrets: specs, names } = await platform({ secrets });
    const made = objects.filter(({ kind }) => kind === 'ExternalSecret');
    expect(made.map(({ metadata: { namespace = '', name } }) => `${namespace}/${name}`).sort()).toEqual(
      specs.map(nameOf).sort(),
    );
    expect(names).toContain('20-credentials.yaml');
    expect(objects.filter(({ metadata }) => metadata.name.startsWith('credentials'))).toEqual([]);
    for (const { apiVersion, spec } of made as Loose[]) {
      expect(apiVersion).toBe('external-secrets.io/v1');
      expect(spec.secretStoreRef).toEqual({ name: 'vault', kind: 'ClusterSecretStore' });
      expect(spec.refreshInterval).toBe('1h');
    }
  });

  test('hold what the Job would give them, from the values that the list asks for', async () => {
    const { objects, secrets: specs } = await platform({ secrets });
    const wanted = new Map<string, Data>();
    for (const spec of order(specs)) {
      const read = ({ key, ...source }: { namespace: string; name: string; key: string }): Buffer =>
        wanted.get(nameOf(source))?.get(key) as Buffer;
      const awkward = Object.entries(spec.keys).flatMap(([key, value]) =>
        'random' in value ? [[key, Buffer.from(`a b+c%d:/@{{x}}'"é${key}`)] as const] : [],
      );
      const held = new Map(awkward);
      wanted.set(nameOf(spec), new Map([...held, ...materialize(spec, held, read)]));
    }
    const store = new Map<string, string>();
    for (const { namespace, name, keys } of expectedOf(
      { secrets: { ...secrets, store: { name: 'vault', kind: 'ClusterSecretStore' }, refresh: '1h' } },
      specs,
    ))
      for (const key of Object.keys(keys))
        store.set(
          `${namespace}/${name} ${key}`,
          wanted
            .get(`${namespace.replace('ml/', '')}/${name}`)
            ?.get(key)
            ?.toString() ?? '',
        );
    for (const { kind, metadata, spec } of objects as Loose[]) {
      if (kind !== 'ExternalSecret') continue;
      const fetched = new Map<string, string>(
        spec.data.map(({ secretKey, remoteRef }: Loose) => [
          secretKey,
          store.get(`${remoteRef.key} ${remoteRef.property}`),
        ]),
      );
      const data = Object.entries<string>(spec.target.template.data).map(([key, text]) => [
        key,
        rendered(text, fetched),
      ]);
      const expected = wanted.get(`${metadata.namespace}/${metadata.name}`) ?? new Map<string, Buffer>();
      expect(Object.fromEntries(data)).toEqual(
        Object.fromEntries([...expected].map(([key, value]) => [key, value.toString()])),
      );
    }
  });

  test('are ready when their operator says so', () => {
    const [resource] = platformFacts.customResources.of({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
    });
    const state = (...conditions: object[]) =>
      resource?.readiness?.({ apiVersion: '', kind: '', metadata: { name: 'a' }, status: { conditions } }, []);
    expect(state({ type: 'Ready', status: 'True' })).toEqual({ state: 'ready', why: '' });
    expect(state({ type: 'Ready', status: 'False', message: 'could not get secret data' })).toEqual({
      state: 'unready',
      why: 'could not get secret data',
    });
    expect(state()?.why).toContain('waits for the External Secrets Operator');
  });
});
