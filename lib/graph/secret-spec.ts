/** One key of one Secret. */
export interface SecretKeyRef {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** What a Secret of the platform must hold: names and rules, never a value that is secret. */
export interface SecretSpec {
  readonly namespace: string;
  readonly name: string;
  /** @default Opaque */
  readonly type?: string;
  /** Given to the Secret when it is created; an existing Secret keeps its own. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Given to the Secret when it is created; an existing Secret keeps its own. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, ValueSpec>>;
}

/** Where the value of a key comes from. */
export type ValueSpec = RandomValue | PublicValue | CopiedValue | TemplateValue | TokenValue;

export interface RandomValue {
  /** How many letters and digits. At least 16, which no one can guess. */
  readonly random: number;
}

export interface PublicValue {
  /** Text that may be read by everyone, such as a user name or an endpoint. */
  readonly value: string;
}

export interface CopiedValue {
  /** The same bytes as this key. Its Secret may be another one of the list, or one that somebody else creates. */
  readonly copyOf: SecretKeyRef;
}

export interface TemplateValue {
  /** Text with `{name}` where a value goes; `{{` and `}}` stand for the braces themselves. */
  readonly template: string;
  /** The value behind each `{name}`: exactly the names that the template has. */
  readonly values: Readonly<Record<string, SecretKeyRef>>;
  /**
   * How values are written into the text: `url` percent-encodes every byte but letters, digits and `-._~`, which is safe
   * in the user, password and query of a URL; `none` leaves them as they are.
   * @default url
   */
  readonly encode?: 'url' | 'none';
}

export interface TokenValue {
  /** Claims of a JSON Web Token (RFC 7519), signed with HMAC and SHA-512. Without `exp` it is good as long as its key. */
  readonly jwt: Readonly<Record<string, string | number>>;
  /** Holds the key of the signature. */
  readonly signedWith: SecretKeyRef;
}
