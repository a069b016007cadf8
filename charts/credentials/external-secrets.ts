import { ApiObject, type App } from 'cdk8s';
import type { Construct } from 'constructs';
import type { SecretsConfig } from '../../lib/config/sections/secrets';
import { Credential } from '../../lib/graph/credential';
import type { SecretKeyRef, SecretSpec, ValueSpec } from '../../lib/graph/secret-spec';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { percentEncode, placeholderOf, splitTemplate } from '../../programs/credentials/values';

export type ExternalSecretsProps = Extract<SecretsConfig, { readonly mode: 'externalSecrets' }>;

/**
 * An ExternalSecret for each Secret (external-secrets 1.x, apis/externalsecrets/v1/externalsecret_types.go). What is the
 * same in two Secrets is fetched from one place, so it cannot differ.
 */
export class ExternalSecrets extends ServiceChart {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExternalSecretsProps,
  ) {
    super(scope, id, { wave: Wave.Credentials });
  }

  override complete(app: App): void {
    const { store, refresh, prefix = '' } = this.props;
    const specs = Credential.allIn(app).map(({ spec }) => spec);
    const known = knownFrom(specs);
    for (const spec of specs) {
      const { namespace, name, type = 'Opaque', keys } = spec;
      const values = Object.keys(keys).map((key) => [key, composed(known, { namespace, name, key })] as const);
      const fetched = new Map(values.flatMap(([, { from }]) => from.map((ref) => [idOf(ref), ref] as const)));
      new ApiObject(this, `${namespace}-${name}`, {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { namespace, name },
        spec: {
          secretStoreRef: store,
          refreshInterval: refresh,
          target: {
            template: {
              type,
              engineVersion: 'v2',
              data: Object.fromEntries(values.map(([key, { template }]) => [key, template])),
            },
          },
          data: [...fetched].map(([secretKey, ref]) => ({
            secretKey,
            remoteRef: { key: `${prefix}${ref.namespace}/${ref.name}`, property: ref.key },
          })),
        },
      });
    }
  }
}

/** How a value is put together from what is fetched. */
interface Composed {
  /** In the language of Go's text/template. */
  readonly template: string;
  readonly from: readonly SecretKeyRef[];
}

/** What a fetched value is called in the templates of one Secret. */
const idOf = ({ namespace, name, key }: SecretKeyRef): string => `${namespace}.${name}.${key}`;

/** A value as text/template: `{{ "{{" }}` is a brace itself. */
const literal = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

const inserted = (ref: SecretKeyRef, rest = ''): string => `{{ index . ${JSON.stringify(idOf(ref))}${rest} }}`;

/** Secrets by `namespace/name`. */
type Known = ReadonlyMap<string, SecretSpec>;

const knownFrom = (secrets: readonly SecretSpec[]): Known =>
  new Map(secrets.map((spec) => [`${spec.namespace}/${spec.name}`, spec]));

/** What the Secrets of the platform say about a key; undefined for one of somebody else. */
const ruleOf = (known: Known, { namespace, name, key }: SecretKeyRef): ValueSpec | undefined =>
  known.get(`${namespace}/${name}`)?.keys[key];

/** The key that a chain of copies begins at. */
function originOf(known: Known, ref: SecretKeyRef): SecretKeyRef {
  const rule = ruleOf(known, ref);
  return rule !== undefined && 'copyOf' in rule ? originOf(known, rule.copyOf) : ref;
}

/** How the value of a key is put together. */
function composed(known: Known, ref: SecretKeyRef): Composed {
  const origin = originOf(known, ref);
  const rule = ruleOf(known, origin);
  if (rule !== undefined && 'value' in rule) return { template: literal(rule.value), from: [] };
  if (rule === undefined || !('template' in rule)) return { template: inserted(origin), from: [origin] };
  const from: SecretKeyRef[] = [];
  const parts = splitTemplate(rule.template).map((part) => {
    const placeholder = placeholderOf(part);
    const source = placeholder === undefined ? undefined : rule.values[placeholder];
    if (source === undefined) return part === '{{' || part === '}}' ? part.charAt(0) : literal(part);
    const first = originOf(known, source);
    const given = ruleOf(known, first);
    const isPlain = rule.encode === 'none';
    if (given !== undefined && 'value' in given)
      return literal(isPlain ? given.value : percentEncode(Buffer.from(given.value)));
    from.push(first);
    // urlquery escapes all that percentEncode does, but for the space, which it writes as a plus.
    return inserted(first, isPlain ? '' : ' | urlquery | replace "+" "%20"');
  });
  return { template: parts.join(''), from };
}

/**
 * What a store of the user must hold: each value that nothing else gives, where it is fetched from.
 *
 * @returns a copy of the Secrets, with those keys alone
 */
export function storedValues(secrets: readonly SecretSpec[]): SecretSpec[] {
  const known = knownFrom(secrets);
  const stored = new Map<string, Record<string, ValueSpec>>();
  for (const { namespace, name, keys } of secrets)
    for (const key of Object.keys(keys))
      for (const ref of composed(known, { namespace, name, key }).from) {
        const place = `${ref.namespace}/${ref.name}`;
        stored.set(place, { ...stored.get(place), [ref.key]: ruleOf(known, ref) ?? { copyOf: ref } });
      }
  return [...stored]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, keys]) => {
      const [namespace = '', name = ''] = place.split('/');
      return { namespace, name, keys };
    });
}
