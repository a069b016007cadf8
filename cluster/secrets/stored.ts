import type { LiveObject } from '../../lib/kubernetes/live-object';
import { type Data, nameOf } from '../../programs/credentials/values';
import { ApiError } from '../api/api-error';
import { DeployError } from '../deploy/progress';
import type { Session } from '../deploy/session';

/** When the rotation began that is not complete. */
export const rotatingAnnotation = 'mlops-infra/rotating';
/** When the last rotation began. */
export const rotatedAnnotation = 'mlops-infra/rotated';

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret in the cluster. */
export interface Stored {
  readonly data: Data;
  readonly annotations: Readonly<Record<string, string>>;
  readonly resourceVersion?: string;
}

/** Reads and changes Secrets. No message has a value in it. */
export class ClusterSecrets {
  constructor(private readonly session: Session) {}

  /** @throws DeployError where there is none */
  async get(secret: Name): Promise<Stored> {
    const live = await this.asked(secret, 'get', () => this.session.send('GET', pathOf(secret)));
    const { metadata, data } = live as unknown as LiveObject & { readonly data?: Readonly<Record<string, string>> };
    return {
      data: new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
      annotations: metadata.annotations ?? {},
      resourceVersion: metadata.resourceVersion,
    };
  }

  /** Changes what was read. Whatever has happened to it since makes the server refuse. */
  async write(
    secret: Name,
    { resourceVersion }: Stored,
    data: Data,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void> {
    const encoded = Object.fromEntries([...data].map(([key, value]) => [key, value.toString('base64')]));
    await this.patch(secret, { metadata: { resourceVersion, annotations }, data: encoded });
  }

  /** @param annotations null removes one */
  async annotate(secret: Name, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.patch(secret, { metadata: { annotations } });
  }

  private async patch(secret: Name, body: object): Promise<void> {
    const options = { body, contentType: 'application/merge-patch+json' };
    // Sent once: a second try of a change that has arrived would be refused as one by somebody else.
    await this.asked(secret, 'patch', () => this.session.write('PATCH', pathOf(secret), options));
  }

  /** In our own words: the server's may quote the object, and so a value. */
  private async asked<Answer>(secret: Name, verb: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new DeployError(`Secret ${nameOf(secret)}: cannot ${verb} it: ${reasonOf(error)}`);
    }
  }
}

function reasonOf({ code, unreachable }: ApiError): string {
  if (unreachable) return 'the API server does not answer (run this again)';
  if (code === 404) return 'it is not there (npm run deploy makes it)';
  if (code === 403) return 'you may not (ask for the verbs get and patch on Secrets in this namespace)';
  if (code === 409) return 'somebody else has changed it (run this again)';
  return `status ${code} (an immutable Secret must be deleted first; admission policies may deny it, too)`;
}

const pathOf = ({ namespace, name }: Name): string => `/api/v1/namespaces/${namespace}/secrets/${name}`;
