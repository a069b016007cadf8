import { managedSecrets, secretNamed } from '../../../cluster/secrets/managed';
import { groupsOf } from '../../../cluster/secrets/plan';
import { platformFacts } from '../../../charts/catalog';
import { synthesize } from '../../../charts/synthesize';
import { parseConfig } from '../../../charts/config';
import type { Program } from '../cluster/workspace';
import { without } from './equipment';
import { StoreUser } from './store';
import { config, temporaryWorld, type World } from './world';

// What `npm run secrets -- rotate` relies on: a server takes what its Secret says when it starts, in the order of the plan,
// and MinIO's Job lets old and new keys be valid together.

const missing = without('postgresql', 'silo', 'mc', 'mlflow');
const given = missing === '' ? test : test.skip;

describe('new values of a Secret', () => {
  const theWorld = temporaryWorld(missing);
  const running = new Map<string, Program>();
  let world: World;

  async function restart(kind: 'Deployment' | 'StatefulSet', name: string): Promise<void> {
    await running.get(name)?.stop(kind === 'StatefulSet' ? 'SIGINT' : 'SIGTERM');
    running.set(name, await world.serve(kind, name));
  }

  /** Restarts what runs here, as the plan says. */
  async function handOn(secret: string): Promise<void> {
    const synthesis = await synthesize(parseConfig(config));
    const all = managedSecrets({ ...synthesis, customResources: platformFacts.customResources });
    for (const { kind, users } of groupsOf(secretNamed(all, secret)))
      for (const { object } of users)
        if ((kind === 'Deployment' || kind === 'StatefulSet') && running.has(object.metadata.name))
          await restart(kind, object.metadata.name);
  }

  const mlflow = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${world.ports.mlflow}/api/2.0/${path}`, init);
  const put = (text: string): Promise<Response> =>
    mlflow('mlflow-artifacts/artifacts/rotated/file', { method: 'PUT', body: text });
  const get = async (): Promise<string> => (await mlflow('mlflow-artifacts/artifacts/rotated/file')).text();
  const experiments = async (): Promise<number> =>
    (await mlflow('mlflow/experiments/search', { method: 'POST', headers: json, body: '{"max_results":9}' })).status;
  const json = { 'content-type': 'application/json' };

  beforeAll(async () => {
    if (missing !== '') return;
    world = theWorld();
    for (const name of ['postgresql-mlflow']) await restart('StatefulSet', name);
    await restart('Deployment', 'minio');
    await world.runJob('minio-post-job');
    await restart('Deployment', 'mlflow-tracking-server');
    expect((await put('before')).status).toBe(200);
  });

  given(`reach a database that has data, and its client${missing}`, async () => {
    const before = world.secret('mlops-mlflow/postgresql-mlflow').password;
    await world.replaceSecrets('mlops-mlflow/postgresql-mlflow');
    expect(world.secret('mlops-mlflow/postgresql-mlflow').password).not.toBe(before);
    await handOn('postgresql-mlflow');
    expect(await experiments()).toBe(200);
  });

  given(`reach the store that has data, as its administrator’s${missing}`, async () => {
    const before = StoreUser.root(world);
    await world.replaceSecrets('mlops-minio/minio');
    await handOn('mlops-minio/minio');
    expect(await before.can('admin', 'info', 'store')).toBe(false);
    expect(await StoreUser.root(world).can('admin', 'info', 'store')).toBe(true);
    await world.runJob('minio-post-job');
    expect(await get()).toBe('before');
  });

  given(`of the store’s users are valid beside the old ones until the Job runs again${missing}`, async () => {
    const before = StoreUser.named(world, 'mlflow');
    await world.replaceSecrets('mlops-minio/minio-users');
    await world.runJob('minio-post-job', { KEEP_USERS_OF_BEFORE: 'true' });
    expect(await before.can('ls', 'store/mlflow')).toBe(true);
    expect((await put('old key')).status).toBe(200);
    await handOn('minio-users');
    expect((await put('new key')).status).toBe(200);
    await world.runJob('minio-post-job');
    expect(await before.can('ls', 'store/mlflow')).toBe(false);
    expect(await get()).toBe('new key');
  });
});
