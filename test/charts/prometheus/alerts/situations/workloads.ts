import { always, notReady, pod, replaced, up, type Situations } from './series';

const waiting = (reason: string): string =>
  pod('kube_pod_container_status_waiting_reason', 'mlops-kafka', `,container="kafka",reason="${reason}"`);

const crashing = { namespace: 'mlops-kafka', pod: 'p', container: 'kafka' };
const claim = { namespace: 'mlops-minio', persistentvolumeclaim: 'minio' };
const volume = (what: string, namespace = 'mlops-minio'): string =>
  `kubelet_volume_stats_${what}_bytes{namespace="${namespace}",persistentvolumeclaim="minio"}`;

export const workloads: Situations = {
  ClusterStateUnknown: [
    {
      name: 'kube-state-metrics is gone',
      series: { 'kube_namespace_created{namespace="mlops-kafka",instance="ksm-1"}': '5+0x30 stale' },
      alerts: [{}],
    },
    {
      name: 'it is replaced',
      series: replaced((instance) => `kube_namespace_created{namespace="mlops-kafka",instance="${instance}"}`, 5),
      at: '63m',
      alerts: [],
    },
  ],
  PodNotReady: [
    {
      name: 'a pod of a service is not ready',
      series: { [notReady('mlops-kafka')]: always(0) },
      at: '20m',
      alerts: [{ namespace: 'mlops-kafka', pod: 'p' }],
    },
    {
      name: 'a pod has just been ready',
      series: { [notReady('mlops-kafka')]: '0+0x40 1 0+0x80' },
      at: '50m',
      alerts: [],
    },
    ...['62m', '66m', '70m'].map((at) => ({
      name: `a pod is not ready, and kube-state-metrics is replaced: ${at}`,
      series: replaced((instance) => notReady('mlops-kafka', instance)),
      at,
      alerts: [{ namespace: 'mlops-kafka', pod: 'p' }],
    })),
    {
      name: 'the pod of a Job has done its work',
      series: {
        [notReady('mlops-kafka')]: always(0),
        [pod('kube_pod_status_phase', 'mlops-kafka', ',phase="Succeeded"')]: always(1),
      },
      alerts: [],
    },
    { name: 'a pod of somebody else is not ready', series: { [notReady('other')]: always(0) }, alerts: [] },
  ],
  ModelNotReady: [
    { name: 'a model is being loaded', series: { [notReady('mlops-models')]: always(0) }, at: '30m', alerts: [] },
    {
      name: 'a model is not loaded after half an hour',
      series: { [notReady('mlops-models')]: always(0) },
      at: '40m',
      alerts: [{ namespace: 'mlops-models', pod: 'p' }],
    },
  ],
  PodCrashLooping: [
    ...['CrashLoopBackOff', 'ContainerCreating'].map((reason) => ({
      name: `a container waits for ${reason}`,
      series: { [waiting(reason)]: always(1) },
      alerts: reason === 'CrashLoopBackOff' ? [crashing] : [],
    })),
    {
      name: 'between two waits it runs',
      series: { [waiting('CrashLoopBackOff')]: Array.from({ length: 20 }, () => '1x3 stale _ _').join(' ') },
      alerts: [crashing],
    },
    {
      name: 'it came to itself',
      series: { [waiting('CrashLoopBackOff')]: '1x20 stale' },
      alerts: [],
    },
  ],
  JobFailed: [
    ['mlops-credentials', 1],
    ['mlops-credentials', 0],
    ['other', 1],
  ].map(([namespace, value]) => ({
    name: `${value} Jobs in ${namespace} failed`,
    series: {
      [`kube_job_failed{namespace="${namespace}",job_name="credentials-1",condition="true"}`]: always(Number(value)),
    },
    alerts: namespace === 'other' || value === 0 ? [] : [{ namespace: String(namespace), job_name: 'credentials-1' }],
  })),
  TargetDown: [
    {
      name: 'one of two targets does not answer',
      series: { [up('x', 'mlops-drift')]: always(0), [up('x', 'mlops-drift', 'b')]: always(1) },
      alerts: [{ job: 'x', namespace: 'mlops-drift', instance: 'a' }],
    },
    { name: 'a target of somebody else does not', series: { [up('x', 'other')]: always(0) }, alerts: [] },
  ],
  VolumeFilling: [
    {
      // 380 bytes after ten hours, and two less each minute: three hours are left.
      name: 'it fills, and is full soon',
      series: { [volume('available')]: '1580-2x620', [volume('capacity')]: always(2000, 620) },
      at: '10h',
      alerts: [claim],
    },
    {
      name: 'little is free, and stays so',
      series: { [volume('available')]: always(200, 620), [volume('capacity')]: always(2000, 620) },
      at: '10h',
      alerts: [],
    },
    {
      name: 'much is free, and it fills',
      series: { [volume('available')]: '9000-2x620', [volume('capacity')]: always(9000, 620) },
      at: '10h',
      alerts: [],
    },
  ],
  VolumeAlmostFull: [
    {
      name: 'two of a hundred bytes are free',
      series: { [volume('available')]: always(2), [volume('capacity')]: always(100) },
      alerts: [claim],
    },
    {
      name: 'it is full, and nobody tells of it while its database keeps ending',
      series: { [volume('available')]: '0x10 _x10 0 _x9', [volume('capacity')]: '100x10 _x10 100 _x9' },
      at: '30m',
      alerts: [claim],
    },
    {
      name: 'it was full, and nothing has told of it for long',
      series: { [volume('available')]: '0x10 stale', [volume('capacity')]: '100x10 stale' },
      alerts: [],
    },
    {
      name: 'half of it is free',
      series: { [volume('available')]: always(50), [volume('capacity')]: always(100) },
      alerts: [],
    },
    {
      name: 'a volume of somebody else is full',
      series: { [volume('available', 'other')]: always(2), [volume('capacity', 'other')]: always(100) },
      alerts: [],
    },
  ],
};
