/** The address of a service, published for other services so that no address is typed twice. */
export class Endpoint {
  constructor(
    /** Host name or address, without port. */
    readonly host: string,
    readonly port: number,
    /** Scheme of the URL, such as `http`, `postgresql` or `kafka`. */
    readonly scheme: string,
    /** Prefix of every URL's path. @default none */
    readonly basePath = '',
  ) {}

  /** A Service of this platform, by its full name in the cluster. */
  static ofService(service: ServiceAddress): Endpoint {
    const { name, namespace, domain, port, scheme } = service;
    return new Endpoint(`${name}.${namespace}.svc.${domain}`, port, scheme);
  }

  /** An http or https URL of an external service. */
  static ofUrl(text: string): Endpoint {
    const url = new URL(text);
    const scheme = url.protocol.replace(':', '');
    const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
    return new Endpoint(url.hostname, port, scheme, url.pathname.replace(/\/$/, ''));
  }

  /** `host:port`, with brackets around an IPv6 address. */
  get authority(): string {
    return `${this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /** `scheme://host:port/path`, without the port where it is the scheme's default. */
  url(path = ''): string {
    const implied = (this.scheme === 'https' && this.port === 443) || (this.scheme === 'http' && this.port === 80);
    const authority = implied ? this.authority.replace(/:\d+$/, '') : this.authority;
    return `${this.scheme}://${authority}${this.basePath}${path}`;
  }
}

export interface ServiceAddress {
  readonly name: string;
  readonly namespace: string;
  /** DNS domain of the cluster, such as `cluster.local`. */
  readonly domain: string;
  readonly port: number;
  readonly scheme: string;
}
