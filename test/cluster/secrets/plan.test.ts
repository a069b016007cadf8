import { platformFacts } from '../../../charts/catalog';
import { synthesize } from '../../../charts/synthesize';
import { managedSecrets, secretNamed, type Managed } from '../../../cluster/secrets/managed';
import { describeRotation, refusalOf } from '../../../cluster/secrets/plan';
import { refuseForeign } from '../../../cli/secrets-report';
import { completeConfig } from '../../support/complete-config';
import { parse } from '../../support/config';
import { usual } from '../../support/usual-config';

describe('the Secrets of the platform', () => {
  let all: readonly Managed[];
  beforeAll(async () => {
    const { customResources } = platformFacts;
    all = managedSecrets({ ...(await synthesize(parse(usual))), customResources });
  });
  const described = (name: string): string => describeRotation(secretNamed(all, name)).join('\n');

  test('know who has values from them, and who uses those', () => {
    const { derived, users } = secretNamed(all, 'postgresql-mlflow');
    expect(derived.map(({ name }) => name)).toEqual(['mlflow-secret']);
    expect(users.map(({ object, how }) => [object.kind, object.metadata.name, how])).toEqual([
      ['StatefulSet', 'postgresql-mlflow', 'restart'],
      ['Deployment', 'mlflow-tracking-server', 'restart'],
      ['Deployment', 'postgresql-exporter', 'restart'],
    ]);
  });

  test('are named with or without their namespace', () => {
    expect(secretNamed(all, 'mlops-minio/minio')).toBe(secretNamed(all, 'minio'));
    // Flow runs have a copy of the same name.
    expect(secretNamed(all, 'prefect-login').spec.namespace).toBe('mlops-prefect');
    expect(() => secretNamed(all, 'minio-user')).toThrow(
      /^minio-user: is no Secret of the platform.*Give one of: .*mlops-minio\/minio-users/,
    );
  });

  test('restart servers before their clients, and say what is away and who is refused', () => {
    expect(described('prefect-server-postgresql-connection')).toMatch(
      /restart StatefulSet\S+, which is away meanwhile\n.*restart Deployment\S+prefect-server\n.*exporter\n.*has the old one is refused/s,
    );
    expect(described('postgresql-exporter')).toContain('Nothing else is interrupted');
  });

  test('of users of the store are two at once, until the Job has run a second time', () => {
    const lines = described('minio-users').split('\n');
    const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
    const steps = [
      /with the old values valid, too/,
      /restart Deployment.*mlflow/,
      /after which the old values open nothing/,
    ];
    expect(steps.map(at)).toEqual([...steps.map(at)].sort((a, b) => a - b));
    expect(steps.map(at)).not.toContain(-1);
    expect(described('minio-users')).toContain('Old and new values are valid together');
    expect(described('minio-users')).not.toContain('restart SeldonDeployment');
  });

  test('that have no value of their own are not rotated', () => {
    expect(refusalOf(secretNamed(all, 'mlflow-secret'), all)).toBe(
      'mlops-mlflow/mlflow-secret has no value of its own: rotate mlops-minio/minio-users or ' +
        'mlops-mlflow/postgresql-mlflow, from which it has them.',
    );
    expect(refusalOf(secretNamed(all, 'prefect-login'), all)).toBeUndefined();
  });

  test('of the user come with the commands, in order', () => {
    const refuse = () => refuseForeign({ secrets: { mode: 'existing' } }, secretNamed(all, 'minio-users'));
    expect(refuse).toThrow(/is yours: secrets\.mode is "existing"/);
    expect(refuse).toThrow(/Write new values into mlops-minio\/minio-users, .*mlops-mlflow\/mlflow-secret/);
    expect(refuse).toThrow(
      /kubectl -n mlops-minio delete job minio-post-job-\S+\n\s+npm run deploy -- --wait\n\s+kubectl -n mlops-mlflow rollout restart deployment\/mlflow-tracking-server\n/,
    );
  });
});

test('what takes no new value from a Secret is refused, with what to type', async () => {
  const { customResources } = platformFacts;
  const all = managedSecrets({ ...(await synthesize(completeConfig)), customResources });
  expect(refusalOf(secretNamed(all, 'grafana'), all)).toMatch(/grafana: Grafana reads the password only into an empty/);
});

test('copies of a Secret of the user take its values of today', async () => {
  const { customResources } = platformFacts;
  const secret = { namespace: 'vault', name: 's3' };
  const config = parse({ ...usual, services: { minio: { external: { endpoint: 'https://s3.example.org', secret } } } });
  const all = managedSecrets({ ...(await synthesize(config)), customResources });
  const storage = secretNamed(all, 'prefect-storage');
  expect(refusalOf(storage, all)).toBeUndefined();
  expect(describeRotation(storage)[0]).toBe('the values of today from where mlops-flows/prefect-storage has them');
});
