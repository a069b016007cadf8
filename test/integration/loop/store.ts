import { join } from 'node:path';
import { eventually } from '../cluster/workspace';
import { folderOf } from './equipment';
import type { World } from './world';

type Json = Readonly<Record<string, unknown>>;

/** The store lists users, actions and resources in any order. */
const ordered = (value: Json): Json =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (Array.isArray(part) ? [...part].sort() : part))) as Json;

/** One user of the object store, with the client mc; its folder is `store`, so that a bucket is `store/<bucket>`. */
export class StoreUser {
  private constructor(
    private readonly world: World,
    readonly name: string,
    private readonly keys: readonly [access: string, secret: string],
  ) {}

  static root(world: World): StoreUser {
    const { rootUser = '', rootPassword = '' } = world.secret('mlops-minio/minio');
    return new StoreUser(world, 'root', [rootUser, rootPassword]);
  }

  static named(world: World, name: string): StoreUser {
    const { [`${name}-access-key`]: access = '', [name]: secret = '' } = world.secret('mlops-minio/minio-users');
    return new StoreUser(world, name, [access, secret]);
  }

  /** With other keys. */
  with(access: string, secret: string): StoreUser {
    return new StoreUser(this.world, `${this.name}-${access}`, [access, secret]);
  }

  get accessKey(): string {
    return this.keys[0];
  }

  get secretKey(): string {
    return this.keys[1];
  }

  /** Whether the store lets this user do it. */
  async can(...args: readonly string[]): Promise<boolean> {
    return (await this.run(args)).code === 0;
  }

  /** @throws Error with what mc says, where it fails */
  async mc(...args: readonly string[]): Promise<string> {
    const { code, stdout } = await this.run(args);
    if (code !== 0) throw new Error(`mc ${args.join(' ')} as ${this.name}: ${stdout}`);
    return stdout;
  }

  /** What the platform's Job makes: buckets, users with their policies in place of their random names, and what these say. */
  async provisioned(): Promise<Json> {
    const buckets = await this.list('ls', 'store');
    const users = await this.list('admin', 'user', 'list', 'store');
    const policies: Record<string, unknown> = {};
    for (const { policyName } of users) {
      const [{ policyInfo } = {}] = await this.list('admin', 'policy', 'info', 'store', String(policyName));
      policies[String(policyName)] = (policyInfo as Json | undefined)?.Policy;
    }
    return ordered({
      buckets: buckets.map(({ key }) => key),
      users: users.map(({ policyName, userStatus }) => [policyName, userStatus].join(' ')),
      policies,
    });
  }

  /** What mc says of something that is there; a store that has just started may not say it yet. */
  private async list(...args: readonly string[]): Promise<Json[]> {
    let said = '';
    const isSaid = async (): Promise<boolean> => {
      said = (await this.mc('--json', ...args)).trim();
      return said !== '';
    };
    await eventually(`mc ${args.join(' ')} finds something`, isSaid, { seconds: 20, every: 500 });
    return said.split('\n').map((line) => JSON.parse(line) as Json);
  }

  private calls = 0;

  private run(args: readonly string[]): ReturnType<World['run']> {
    const { world, name, keys } = this;
    const [access, secret] = keys.map(encodeURIComponent);
    const folder = world.workspace.folder;
    return world.run({
      name: `mc-${name}-${(this.calls += 1)}`,
      command: [join(folderOf('mc'), 'mc'), ...args],
      env: {
        MC_HOST_store: `http://${access}:${secret}@127.0.0.1:${world.ports.minio}`,
        HOME: folder,
        MC_CONFIG_DIR: join(folder, `mc-${name}`),
      },
      cwd: folder,
      local: (text) => text,
    });
  }
}
