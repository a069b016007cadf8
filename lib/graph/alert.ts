import { Construct, type IConstruct } from 'constructs';

/** How soon somebody must look: at once, in working hours, or never at the alert itself. */
export type Severity = 'critical' | 'warning' | 'none';

/** A condition that somebody must know of. Its section in docs/alerts.md says what to do. */
export interface Alert {
  readonly alert: string;
  /** PromQL. Every series of the result is an alert of its own. */
  readonly expr: string;
  /** How long it must hold without a break. */
  readonly for: string;
  readonly severity: Severity;
  /** Further labels, to route by. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line, without a value that changes. */
  readonly summary: string;
  readonly description: string;
}

/** A series that is computed once, for alerts and dashboards. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Alert | Recording)[];
}

/** Where a service publishes its metrics, as its series say. */
export interface Source {
  readonly job: string;
  readonly namespace: string;
}

/** What selects the series of a source. */
export const from = ({ job, namespace }: Source): string => `job="${job}",namespace="${namespace}"`;

/** True where a source has no target that answers, or none at all. */
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
 * What kube-state-metrics said in the last five minutes, at most. A new pod of it says everything under another
 * `instance`, and for a moment nobody says anything: nothing must end or begin by that. Aggregate the instances away.
 */
export const lately = (series: string): string => `max_over_time(${series}[5m])`;

/** A matcher for any of some names. Names of Kubernetes objects mean nothing to a regular expression but themselves. */
export const anyOf = (label: string, names: readonly string[]): string => `${label}=~"${names.join('|')}"`;

/** The label that routes an alert to those who own a model. */
export const modelLabel = { model: '{{ $labels.deployment_name }}' };

/** What rules may be about that is known only when the platform is complete. */
export interface AlertContext {
  readonly app: IConstruct;
  /** Namespace of the monitors: a part of the job of pods that are scraped. */
  readonly monitorNamespace: string;
  /** Every namespace of the platform, in order. */
  readonly namespaces: readonly string[];
  /** Whether addresses are probed. */
  readonly probing: boolean;
}

/**
 * Declares rules of a service, for a Prometheus, where there is one. Makes no object by itself. Groups of one name are
 * one: what comes several times declares the same.
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
