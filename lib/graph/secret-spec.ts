/** One key of one Secret. */
export interface SecretKeyRef {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** The required content of a Secret: names and rules, never a secret value. */
export interface SecretSpec {
  readonly namespace: string;
  readonly name: string;
  /** @default Opaque */
  readonly type?: string;
  /** Set when the Secret is created; an existing Secret keeps its own. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Set when the Secret is created; an existing Secret keeps its own. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, ValueSpec>>;
  /** Why new values would reach nobody, and what to do instead. @default what reads the Secret takes them when it starts */
  readonly byHand?: string;
}

/** Where the value of a key comes from. */
export type ValueSpec = RandomValue | PublicValue | CopiedValue | TemplateValue | TokenValue;

export interface RandomValue {
  /** Number of letters and digits; at least 16, which nobody can guess. */
  readonly random: number;
  /**
   * Public text that stands here where the Secret is older than this key: what consumers of that time go on to use,
   * until the Secret is replaced. @default random there, too
   */
  readonly formerly?: {
    readonly value: string;
    /** The key of the same Secret that says so by being there. */
    readonly beside: string;
  };
}

export interface PublicValue {
  /** Text that anyone may read, such as a user name or an endpoint. */
  readonly value: string;
}

export interface CopiedValue {
  /** The same bytes as this key. Its Secret may be in the list too, or created by someone else. */
  readonly copyOf: SecretKeyRef;
}

export interface TemplateValue {
  /** Text with placeholders `{name}`; `{{` and `}}` stand for literal braces. */
  readonly template: string;
  /** The value of each placeholder; the names must match the template's exactly. */
  readonly values: Readonly<Record<string, SecretKeyRef>>;
  /**
   * How values are escaped: `url` percent-encodes every byte except letters, digits and `-._~`, which is safe in the
   * user, password and query of a URL; `none` inserts them unchanged.
   * @default url
   */
  readonly encode?: 'url' | 'none';
}

export interface TokenValue {
  /**
   * Claims of a JSON Web Token (RFC 7519), each a literal or a key's value, signed with HMAC and SHA-512. Without `exp`
   * it is valid as long as its key.
   */
  readonly jwt: Readonly<Record<string, string | number | SecretKeyRef>>;
  /** Key of the signature. */
  readonly signedWith: SecretKeyRef;
}
