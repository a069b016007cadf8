import { Construct, type IConstruct } from 'constructs';

/** How urgent an alert is: at once, in working hours, or never by itself. */
export type Severity = 'critical' | 'warning' | 'none';

/** A condition that needs attention. Its section in docs/alerts.md says what to do. */
export interface Alert {
  readonly alert: string;
  /** PromQL. Each series of the result is an alert of its own. */
  readonly expr: string;
  /** How long the condition must hold without a break. */
  readonly for: string;
  readonly severity: Severity;
  /** Further labels, for routing. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line, without a changing value. */
  readonly summary: string;
  readonly description: string;
}

/** A series that is precomputed for alerts and dashboards. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated in order. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Alert | Recording)[];
}

/** The labels of a service's metrics. */
export interface Source {
  readonly job: string;
  readonly namespace: string;
}

/** Label matchers for the series of a source. */
export const from = ({ job, namespace }: Source): string => `job="${job}",namespace="${namespace}"`;

/** PromQL: true where no target of a source answers, or none exists. */
export const silent = (source: Source): string =>
  `sum by (job, namespace) (up{${from(source)}}) == 0 or absent(up{${from(source)}})`;

/** An alert on a source that does not answer. */
export const down = (alert: string, source: Source, summary: string, description: string): Alert => ({
  alert,
  expr: silent(source),
  for: '5m',
  severity: 'critical',
  summary,
  description,
});

/**
 * PromQL: the highest value from kube-state-metrics in the last five minutes. A new pod of it exports everything under
 * another `instance`, with a gap in between, which must neither start nor end an alert. Aggregate the instances away.
 */
export const lately = (series: string): string => `max_over_time(${series}[5m])`;

/** Label matcher for any of several names. Names of Kubernetes objects need no escaping. */
export const anyOf = (label: string, names: readonly string[]): string => `${label}=~"${names.join('|')}"`;

/** The label that routes an alert to a model's owners. */
export const modelLabel = { model: '{{ $labels.deployment_name }}' };

/** Facts for rules that are known only when the platform is complete. */
export interface AlertContext {
  readonly app: IConstruct;
  /** Namespace of the monitors, which is part of the job label of scraped pods. */
  readonly monitorNamespace: string;
  /** Every namespace of the platform, sorted. */
  readonly namespaces: readonly string[];
  /** Whether addresses are probed. */
  readonly probing: boolean;
}

/**
 * Declares alert rules of a service, for a Prometheus where there is one. Creates no object by itself. Groups with the
 * same name must be equal, and count once.
 */
export class AlertRules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    /** Called when the platform is complete. */
    readonly groups: (context: AlertContext) => readonly RuleGroup[],
  ) {
    super(scope, id);
  }

  static allIn(scope: IConstruct): AlertRules[] {
    return scope.node.findAll().filter((node) => node instanceof AlertRules);
  }
}
