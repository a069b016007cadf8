import { k8s } from 'cdk8s-plus-27';
import type { Credential } from '../../lib/graph/credential';
import type { Endpoint } from '../../lib/graph/endpoint';
import type { ValueSpec } from '../../lib/graph/secret-spec';
import { addFiles, addProgramJob, bothValidAnnotation } from '../../lib/graph/program-job';
import type { ServiceChart } from '../../lib/graph/service-chart';
import { resources, tokenlessPod } from '../../lib/kubernetes/pods';
import type { Policy } from './policies';

export interface ProvisioningProps {
  /** An image with the client `mc`. */
  readonly image: string;
  /** programs/minio/provision.sh */
  readonly script: string;
  readonly store: Endpoint;
  /** The one who may do everything: `rootUser` and `rootPassword`. */
  readonly root: Credential;
  /** The keys of every user. */
  readonly users: Credential;
  readonly buckets: readonly string[];
  /** User → its one policy. */
  readonly policies: Readonly<Record<string, Policy>>;
}

/** Name of the Job. */
export const provisioning = 'minio-post-job';

/** Keys of the Secret of the users that hold the access key and the secret key of one. */
export const keysOf = (user: string): { access: string; secret: string } => ({
  access: `${user}-access-key`,
  secret: user,
});

/** Users whose access keys were once their names. */
const namesOfBefore = ['mlflow', 'prefect', 'metrics'];

/** What the Secret of the users holds. */
export const keysOfAll = (users: readonly string[]): Record<string, ValueSpec> =>
  Object.fromEntries(
    users.flatMap((user): [key: string, value: ValueSpec][] => {
      const { access, secret } = keysOf(user);
      const formerly = namesOfBefore.includes(user) ? { formerly: { value: user, beside: secret } } : {};
      return [
        [access, { random: 20, ...formerly }],
        [secret, { random: 40 }],
      ];
    }),
  );

/** The Job that makes buckets, policies and users, and removes users that had the keys of before. */
export function addProvisioning(chart: ServiceChart, props: ProvisioningProps): void {
  const { image, script, store, root, users, buckets, policies } = props;
  const names = Object.keys(policies);
  const files = addFiles(chart, provisioning, {
    'provision.sh': script,
    buckets: lines(buckets),
    policies: lines(names),
    users: lines(names),
    ...Object.fromEntries(
      Object.entries(policies).map(([user, policy]) => [
        `policy-${user}.json`,
        lines([JSON.stringify(policy, null, 2)]),
      ]),
    ),
  });
  const pod: k8s.PodSpec = {
    // The store's own, of both sources of the Helm chart.
    ...tokenlessPod('minio-sa', 1000),
    containers: [
      {
        name: 'provision',
        image,
        command: ['/bin/sh', '/config/provision.sh'],
        env: [
          { name: 'MINIO_URL', value: store.url() },
          { name: 'MC_CONFIG_DIR', value: '/tmp/mc' },
        ],
        resources: resources({ cpu: '50m', cpuLimit: '500m', memory: '128Mi', memoryLimit: '256Mi' }),
        volumeMounts: [
          { name: files.name, mountPath: '/config', readOnly: true },
          { name: 'root', mountPath: '/credentials/root', readOnly: true },
          { name: 'users', mountPath: '/credentials/users', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      files,
      { name: 'root', secret: { secretName: root.secretName, items: [rootKey('rootUser'), rootKey('rootPassword')] } },
      // Without a list of its keys, which would be longer than an object may be where models are many.
      { name: 'users', secret: { secretName: users.secretName } },
      // Where mc keeps the root credentials while it runs.
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('16Mi') } },
    ],
  };
  addProgramJob(chart, provisioning, pod, { [bothValidAnnotation]: 'KEEP_USERS_OF_BEFORE' });
}

const rootKey = (key: string): k8s.KeyToPath => ({ key, path: key });

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
