import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ComponentSize } from '../../lib/config/sizes';
import type { Outside } from '../../lib/graph/connection';
import { Credential } from '../../lib/graph/credential';
import { resources, tokenlessPod } from '../../lib/kubernetes/pods';
import { addProgramJob } from '../../lib/graph/program-job';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { BucketAccess } from '../minio/store';
import { apiVariables, type PrefectApi } from './api';
import { flowRuns } from './flow-runs';
import { baseJobTemplate, flowServiceAccount, type FlowRunProps } from './job-template';

export interface PrefectFlowsProps extends FlowRunProps {
  readonly namespace: string;
  /** Of the Job's pod. */
  readonly size: ComponentSize;
  readonly api: PrefectApi;
  readonly workPool: string;
  /** How many runs may be active at once. */
  readonly limits: FlowLimits;
  /** Addresses outside the cluster that flow runs may reach, beside the Internet. */
  readonly destinations: readonly Outside[];
  /** The Job's Python program. */
  readonly program: string;
}

export interface FlowLimits {
  /** Flow runs of the work pool. @default whatever is set in Prefect */
  readonly flowRuns?: number;
  /** Tag → number of task runs with it. */
  readonly taskRuns: Readonly<Record<string, number>>;
}

const name = 'prefect-flows';

/** What flow runs need: their work pool, block, limits, Secret and service account. */
export class PrefectFlows extends ServiceChart {
  constructor(scope: Construct, id: string, props: PrefectFlowsProps) {
    const { cluster, namespace, flowNamespace, size, api } = props;
    const { storage } = props.flows;
    super(scope, id, { wave: Wave.Consumers, namespace, otherNamespaces: [flowNamespace] });

    // Flows call no Kubernetes API. A deployment that does needs a service account of its own.
    new k8s.KubeServiceAccount(this, 'flow-service-account', {
      metadata: { name: flowServiceAccount, namespace: flowNamespace },
      automountServiceAccountToken: false,
    });
    const { name: loginName, key } = api.login;
    new Credential(this, 'login', {
      ...{ name: loginName, namespace: flowNamespace },
      keys: { [key]: { copyOf: api.login } },
    });
    const credential = storage && this.storageCredential(storage, flowNamespace);
    const settings = new k8s.KubeConfigMap(this, 'settings', {
      metadata: { name },
      data: {
        'bootstrap.py': props.program,
        'settings.json': `${JSON.stringify(bootstrapSettings(props, credential), null, 2)}\n`,
      },
    });
    new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name }, automountServiceAccountToken: false });
    addProgramJob(this, name, {
      ...tokenlessPod(name, 1001),
      containers: [
        {
          name: 'bootstrap',
          image: cluster.images.reference('prefect'),
          command: ['python', '/job/bootstrap.py', '/job/settings.json'],
          env: [...apiVariables(api), { name: 'HOME', value: '/tmp' }],
          resources: resources(size),
          volumeMounts: [
            { name: 'job', mountPath: '/job', readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'job', configMap: { name: settings.name } },
        { name: 'tmp', emptyDir: {} },
      ],
    });
    this.uses(`Job/${name}`, api.endpoint, 'makes the work pool, block and limits');
    this.connectFlowRuns(props);
  }

  /** What the pods that the worker makes connect to. */
  private connectFlowRuns({ flowNamespace, api, flows, destinations }: PrefectFlowsProps): void {
    const { storage, mlflow, kafka } = flows;
    const runs = flowRuns(flowNamespace);
    this.uses(runs, api.endpoint, 'states and logs of flow runs');
    if (storage !== undefined) this.uses(runs, storage.endpoint, 'code and results of flow runs');
    if (mlflow !== undefined) this.uses(runs, mlflow, 'experiments and models of flow runs');
    for (const broker of kafka?.endpoints ?? []) this.uses(runs, broker, 'messages of flow runs');
    this.uses(runs, { addresses: 'internet', ports: [80, 443] }, 'data and packages of flow runs');
    for (const destination of destinations) this.uses(runs, destination, 'a destination of the config');
  }

  /**
   * Flow runs get the keys as environment variables: keys in a block would be readable by everyone who reaches the API.
   */
  private storageCredential(access: BucketAccess, namespace: string): Credential {
    const { accessKey, secretKey, region, endpoint } = access;
    return new Credential(this, 'storage', {
      ...{ name: 'prefect-storage', namespace },
      keys: {
        AWS_ACCESS_KEY_ID: { copyOf: accessKey },
        AWS_SECRET_ACCESS_KEY: { copyOf: secretKey },
        AWS_DEFAULT_REGION: { value: region },
        // The block says nothing of an endpoint; fsspec reads it from here.
        FSSPEC_S3_ENDPOINT_URL: { value: endpoint.url() },
        // The same for boto3 (botocore 1.31, docs/source/reference/config.rst has it as `endpoint_url`).
        AWS_ENDPOINT_URL_S3: { value: endpoint.url() },
      },
    });
  }
}

/** Settings of programs/prefect/src/bootstrap.py. */
function bootstrapSettings(props: PrefectFlowsProps, credential: Credential | undefined): object {
  const { workPool, limits } = props;
  return {
    workPool: {
      ...{ name: workPool, concurrencyLimit: limits.flowRuns },
      baseJobTemplate: baseJobTemplate(props, credential),
    },
    taskRunLimits: limits.taskRuns,
    // Without keys and endpoint: they differ inside and outside the cluster, so both come from the environment. The Job
    // keeps the block in line with the config; those with other names belong to users.
    blocks:
      credential === undefined
        ? []
        : [{ type: 'remote-file-system', name: 'platform', data: { basepath: 's3://prefect' } }],
  };
}
