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
import type { SecretKeyRef } from '../../lib/graph/secret-spec';
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
import { addProvisioning, keysOf, keysOfAll, provisioning } from './provisioning';
import type { BucketAccess, ObjectStore } from './store';

export interface MinioProps {
  readonly cluster: ClusterContext;
  readonly namespace: string;
  readonly size: ComponentSize;
  readonly expose: HttpExposure;
  readonly console: HttpExposure;
  /** Whether a Prometheus scrapes it, for which MinIO needs a user and a token. */
  readonly monitored: boolean;
  /** programs/minio/provision.sh */
  readonly script: string;
}

const releaseName = 'minio';

/** Made where they are missing; config.ts asks users for the same in a store of their own. */
const buckets = ['drift', 'mlflow', 'models', 'prefect'];

const usersSecret = 'minio-users';

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
    return { ...access, accessOf: () => access };
  }
  const { expose, console } = minio;
  return new Minio(app, 'minio', {
    cluster,
    namespace: namespaces.get('minio', cluster.charts.podSecurity('minio')),
    size: config.sizes.minio,
    expose,
    console,
    monitored: config.services.prometheus !== false,
    script: programs.minioProvision,
  });
}

/**
 * Object store for artifacts, flows, models and the windows of the drift detectors: Silo, the fork that keeps MinIO's API,
 * settings and volumes. All that users and neighbours call it by is still `minio`.
 */
export class Minio extends ServiceChart implements ObjectStore {
  readonly endpoint: Endpoint;
  /** MinIO's own default. */
  readonly region = 'us-east-1';
  private readonly root: Credential;
  /** User → its one policy. */
  private readonly policies: Record<string, Policy> = {};

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MinioProps,
  ) {
    const { cluster, namespace, monitored } = props;
    super(scope, id, { wave: Wave.Data, namespace });

    this.root = new Credential(this, 'root', {
      name: releaseName,
      keys: { rootUser: { random: 20 }, rootPassword: { random: 40 } },
    });
    new HelmRelease(this, 'release', {
      ...cluster.charts.release('minio', helmValues(toJson_MinioValues, minioValues(props, this.root.secretName))),
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
    this.uses(`Job/${provisioning}`, this.endpoint, 'creates buckets, users and policies');
    if (monitored) {
      this.policies[metricsUser] = metricsPolicy;
      new Monitored(this, 'metrics', this.monitorTarget(namespace));
    }
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

  /** Makes what everybody has asked for by now. */
  override complete(): void {
    const { cluster, script } = this.props;
    const { root, policies, endpoint: store } = this;
    const users = new Credential(this, 'users', { name: usersSecret, keys: keysOfAll(Object.keys(policies)) });
    // The client is in the image of the server.
    addProvisioning(this, { image: cluster.images.reference('minio'), script, store, root, users, buckets, policies });
  }

  private keyOf(user: string, which: 'access' | 'secret'): SecretKeyRef {
    return { namespace: this.props.namespace, name: usersSecret, key: keysOf(user)[which] };
  }

  readonly accessOf: ObjectStore['accessOf'] = (user, grants) => {
    this.policies[user] = bucketPolicy(grants);
    const { endpoint, region } = this;
    return {
      ...{ endpoint, region },
      accessKey: this.keyOf(user, 'access'),
      secretKey: this.keyOf(user, 'secret'),
    };
  };
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
