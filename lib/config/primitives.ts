import { z } from 'zod';

/** The text behind each refusal: the rule, and what to write instead. */
const rule = (text: string) => ({ error: text });

export const dnsLabel = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    rule(
      'must be a DNS label: lower-case letters, digits and hyphens, at most 63, starting with a letter (write e.g. "team-a")',
    ),
  );

export const dnsName = z
  .string()
  .max(253, rule('must have at most 253 characters'))
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/,
    rule('must be a DNS name in lower case (write e.g. "mlflow.example.org")'),
  );

export const host = z
  .string()
  .max(253, rule('must have at most 253 characters'))
  .regex(
    /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*|[0-9a-f:]*:[0-9a-f:.]+)$/i,
    rule('must be a host name or an IP address without port or scheme (write e.g. "192.0.2.10")'),
  );

export const port = z
  .int(rule('must be a port number'))
  .min(1, rule('must be a port from 1 to 65535'))
  .max(65535, rule('must be a port from 1 to 65535'));

/** Kubernetes' default range; the API server's --service-node-port-range can be wider, which no manifest can tell. */
export const nodePort = z
  .int(rule('must be a node port'))
  .min(30000, rule('must be a node port from 30000 to 32767'))
  .max(32767, rule('must be a node port from 30000 to 32767'));

export const httpUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
    rule('must be an http or https URL without user or query (write e.g. "https://s3.example.org")'),
  );

export const count = z
  .int(rule('must be a whole number'))
  .min(1, rule('must be 1 or more'))
  .max(1000, rule('must be 1000 or less'));

const quantity = (pattern: RegExp, example: string) =>
  z.string().regex(pattern, rule(`must be a Kubernetes quantity above zero (write e.g. ${example})`));

export const cpu = quantity(/^(?!0+(\.0+)?m?$)(\d+(\.\d{1,3})?|\d+m)$/, '"500m" or "2"');
export const memory = quantity(/^(?!0+[A-Z])\d+(Ki|Mi|Gi|Ti|k|M|G|T)$/, '"512Mi" or "4Gi"');
export const disk = quantity(/^(?!0+[A-Z])\d+(Mi|Gi|Ti|M|G|T)$/, '"8Gi"');

/** distribution's reference grammar: registry host with optional port, and path components in lower case. */
export const registry = z
  .string()
  .regex(
    /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    rule(
      'must be a registry host with optional port and path, without scheme (write e.g. "registry.example.org/mirror")',
    ),
  );

export const image = z
  .string()
  .regex(
    /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5}\/)?([a-z0-9._/-]*[a-z0-9])?(:(?!latest(@|$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    rule(
      'must name an image with a tag other than latest, or a digest (write e.g. "registry.example.org/kafka:3.7.2")',
    ),
  );

/** `name` and keys of a Secret that somebody else makes, and the namespace it is in. */
export const secretReference = <const Keys extends readonly string[]>(...keys: Keys) =>
  z.strictObject({
    namespace: dnsLabel,
    name: dnsName,
    keys: z
      .strictObject(
        Object.fromEntries(keys.map((key) => [key, secretKey.default(key)])) as {
          [Key in Keys[number]]: z.ZodDefault<typeof secretKey>;
        },
      )
      .prefault({} as never),
  });

const secretKey = z
  .string()
  .regex(/^[-._a-zA-Z0-9]{1,253}$/, rule('must be a key of a Secret: letters, digits, "-", "_" and "."'));

export const stringMap = z.record(z.string(), z.string());
