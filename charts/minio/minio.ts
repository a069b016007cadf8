import type { Construct } from 'constructs';
import type { HttpExposure } from '../../lib/config/sections/exposure';
import type { ComponentSize } from '../../lib/config/sizes';
import { toJson_MinioValues, type MinioValues } from '../../imports/minio';
import { HelmRelease } from '../../lib/helm/release';
import { helmValues, type Values } from '../../lib/helm/values';
import { AlertRules } from '../../lib/graph/alert';
import { Credential } from '../../lib/graph/credential';
import { DashboardRow } from '../../lib/graph/dashboard';
import { Endpoint } from '../../lib/graph/endpoint';
import type { SecretKeyRef, ValueSpec } from '../../lib/graph/secret-spec';
import { Exposed, serviceSettings } from '../../lib/graph/exposure';
import { imageReference } from '../../lib/images/images';
import { resourceValues } from '../../lib/kubernetes/pods';
import { Monitored, type MonitorTarget } from '../../lib/graph/monitor';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { ClusterContext, PlatformContext } from '../context';
import type { Programs } from '../programs';
import { minioRules } from './alerts';
import { minioRow } from './dashboard';
import { bucketPolicy, metricsPolicy, type Policy } from './policies';
import { addProvisioning, keysOf, provisioning } from './provisioning';
import { bucketUsers, type BucketAccess, type BucketRight, type ObjectStore } from './store';

export interface MinioProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly expose: HttpExposure;
  readonly console: HttpExposure;
  /** Users and their rights on each bucket. Every bucket that is named here is created. */
  readonly users: Readonly<Record<string, Readonly<Record<string, BucketRight>>>>;
  /** Whether a Prometheus scrapes it, for which MinIO needs a user and a token. */
  readonly monitored: boolean;
  /** programs/minio/provision.sh */
  readonly script: string;
}

const releaseName = 'minio';

/** Prometheus' user, which may read metrics but neither buckets nor settings. */
const metricsUser = 'metrics';

/** Adds the platform's object store, or returns the user's. */
export function addMinio(
  { app, config, cluster, namespaces }: PlatformContext,
  programs: Programs,
): ObjectStore | undefined {
  const { minio } = config.services;
  if (minio === false) return undefined;
  if (minio.external !== undefined) {
    const { endpoint, region, secret } = minio.external;
    const { namespace, name, keys } = secret;
    const access: BucketAccess = {
      endpoint: Endpoint.ofUrl(endpoint),
      region,
      accessKey: { namespace, name, key: keys.accessKey },
      secretKey: { namespace, name, key: keys.secretKey },
    };
    return { accessOf: () => access };
  }
  const { expose, console } = minio;
  return new Minio(app, 'minio', {
    cluster,
    namespace: namespaces.get('minio', cluster.charts.podSecurity('minio')),
    size: config.sizes.minio,
    expose,
    console,
    users: bucketUsers,
    monitored: config.services.prometheus !== false,
    script: programs.minioProvision,
  });
}

/**
 * Object store for artifacts, flows, models and the windows of the drift detectors: Silo, the fork that keeps MinIO's API,
 * settings and volumes. All that users and neighbours call it by is still `minio`.
 */
export class Minio extends ServiceChart {
  private readonly endpoint: Endpoint;
  private readonly userSecrets: Credential;

  constructor(scope: Construct, id: string, props: MinioProps) {
    const { cluster, namespace, monitored } = props;
    super(scope, id, { wave: Wave.Data, namespace });

    const policies = policiesOf(props);
    const root = new Credential(this, 'root', {
      name: releaseName,
      keys: { rootUser: { random: 20 }, rootPassword: { random: 40 } },
    });
    this.userSecrets = new Credential(this, 'users', {
      name: 'minio-users',
      keys: Object.fromEntries(Object.keys(policies).flatMap(userKeys)),
    });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release('minio', helmValues(toJson_MinioValues, minioValues(props, root.secretName))),
      releaseName,
    });
    const { externalHost } = cluster;
    new Exposed(this, 'expose', {
      ...{ title: 'MinIO', exposure: props.expose, externalHost },
      ...{ service: 'minio', port: 9000 },
    });
    new Exposed(this, 'console', {
      ...{ title: 'MinIO console', exposure: props.console, externalHost },
      ...{ service: 'minio-console', port: 9001 },
    });
    this.endpoint = Endpoint.ofService({
      name: 'minio',
      namespace,
      domain: cluster.domain,
      port: 9000,
      scheme: 'http',
    });
    this.offers('minio', this.endpoint);
    addProvisioning(this, {
      // The client is in the image of the server.
      image: cluster.images.reference('minio'),
      ...{ script: props.script, store: this.endpoint, root, users: this.userSecrets, policies },
      buckets: [...new Set(Object.values(props.users).flatMap((rights) => Object.keys(rights)))].sort(),
    });
    this.uses(`Job/${provisioning}`, this.endpoint, 'creates buckets, users and policies');
    if (monitored) new Monitored(this, 'metrics', this.monitorTarget(namespace));
    new AlertRules(this, 'alerts', () => minioRules({ job: releaseName, namespace }));
    new DashboardRow(this, 'dashboard', minioRow);
  }

  /** The metrics require a token like those of `mc admin prometheus generate` (pgsty/silo 2026-08-06, cmd/jwt.go). */
  private monitorTarget(namespace: string): MonitorTarget {
    return {
      name: 'minio',
      select: 'service',
      // `monitoring` distinguishes the Service of the store from that of the console.
      labels: { app: 'minio', monitoring: 'true' },
      namespace,
      port: 'http',
      path: '/minio/v2/metrics/cluster',
      token: {
        jwt: { sub: this.keyOf(metricsUser, 'access'), iss: 'prometheus' },
        signedWith: this.keyOf(metricsUser, 'secret'),
      },
    };
  }

  private keyOf(user: string, which: 'access' | 'secret'): SecretKeyRef {
    return this.userSecrets.key(keysOf(user)[which]);
  }

  /** Access of one of this store's users. */
  readonly accessOf = (user: string): BucketAccess => {
    return {
      endpoint: this.endpoint,
      region: 'us-east-1',
      accessKey: this.keyOf(user, 'access'),
      secretKey: this.keyOf(user, 'secret'),
    };
  };
}

/** User → its one policy. */
const policiesOf = ({ users, monitored }: MinioProps): Record<string, Policy> => ({
  ...Object.fromEntries(Object.entries(users).map(([user, rights]) => [user, bucketPolicy(rights)])),
  ...(monitored ? { [metricsUser]: metricsPolicy } : {}),
});

/** The access key was once the user's name. */
function userKeys(user: string): [key: string, value: ValueSpec][] {
  const { access, secret } = keysOf(user);
  return [
    [access, { random: 20, formerly: { value: user, beside: secret } }],
    [secret, { random: 40 }],
  ];
}

function minioValues(props: MinioProps, rootSecret: string): Values<MinioValues> {
  const { cluster, size } = props;
  const expose = serviceSettings(props.expose);
  const console = serviceSettings(props.console);
  return {
    image: siloImage(cluster),
    mode: 'standalone',
    // Public metrics would be readable by every client of the store.
    metrics: { serviceMonitor: { public: false } },
    // Two servers on one volume would corrupt it.
    deploymentUpdate: { type: 'Recreate' },
    existingSecret: rootSecret,
    resources: resourceValues(size),
    persistence: { size: size.disk, storageClass: cluster.storageClass },
    service: { ...expose, port: 9000 },
    consoleService: { ...console, port: 9001 },
  };
}

/** The chart takes registry and repository as one string, and the digest as part of the tag. */
function siloImage({ images }: ClusterContext): { repository: string; tag: string } {
  const pin = images.get('minio');
  const repository = `${pin.registry}/${pin.repository}`;
  return { repository, tag: imageReference(pin).slice(repository.length + 1) };
}
