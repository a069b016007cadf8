/** What Prometheus has scraped, and which alerts must then fire. */
export interface Situation {
  readonly name: string;
  /** Series in promtool's notation: first value, step and how often, one a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** @default an hour */
  readonly at?: string;
  /** Labels of each alert that must be firing, without its severity; none if all must be silent. */
  readonly alerts: readonly Readonly<Record<string, string>>[];
  /** Which of the alerts of that name are looked at. @default all */
  readonly where?: string;
}

/** For each alert: when it fires, and when it does not. */
export type Situations = Readonly<Record<string, readonly Situation[]>>;

export const always = (value: number, minutes = 130): string => `${value}+0x${minutes}`;
export const rising = (perMinute: number): string => `0+${perMinute}x130`;

export const model = 'creditcard';
/** Of an executor, whose codes are numbers with REST and words with gRPC. */
export const requests = (code: string, name = model, predictor = 'default'): string =>
  `seldon_api_executor_server_requests_seconds_count{service="${/\d/.test(code) ? 'predictions' : '/seldon.protos.Seldon/Predict'}",code="${code}",namespace="mlops-models",instance="a",deployment_name="${name}",predictor_name="${predictor}"}`;
export const named = (name: string) => ({ deployment_name: name, model: name });

export const up = (job: string, namespace: string, instance = 'a'): string =>
  `up{job="${job}",namespace="${namespace}",instance="${instance}"}`;

/** What every `…Down` must do: silent while one target answers, firing when all fail or are gone. */
export const down = (job: string, namespace: string): Situation[] => [
  {
    name: 'one of two targets answers',
    series: { [up(job, namespace)]: always(1), [up(job, namespace, 'b')]: always(0) },
    alerts: [],
  },
  { name: 'no target answers', series: { [up(job, namespace)]: always(0) }, alerts: [{ job, namespace }] },
  { name: 'there is no target', series: {}, alerts: [{ job, namespace }] },
];

/** Of kube-state-metrics, each pod of which is another instance. */
export const pod = (metric: string, namespace: string, more: string, instance = 'ksm-1'): string =>
  `${metric}{namespace="${namespace}",pod="p",instance="${instance}"${more}}`;
export const notReady = (namespace: string, instance?: string): string =>
  pod('kube_pod_status_ready', namespace, ',condition="true"', instance);

/** A series while kube-state-metrics is replaced after an hour, with nothing in between for three minutes. */
export const replaced = (series: (instance: string) => string, value = 0) => ({
  [series('ksm-1')]: `${value}+0x60 stale`,
  [series('ksm-2')]: `_x64 ${value}+0x66`,
});
