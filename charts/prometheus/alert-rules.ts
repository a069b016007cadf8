import type { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { PrometheusRule, type PrometheusRuleSpecGroupsRules } from '../../imports/monitoring.coreos.com';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import { clusterRules } from './alerts';
import { AlertRules, type Alert, type Recording } from '../../lib/graph/alert';

export interface AlertsProps {
  readonly namespace: string;
  /** Every namespace of the platform. */
  readonly namespaces: ReadonlyMap<string, unknown>;
  /** Namespace of the models. @default there are no models */
  readonly modelNamespace?: string;
  /** Whether addresses are probed. */
  readonly probing: boolean;
  /** Labels by which an external Prometheus selects rules. @default none; the platform's own selects all */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Alert rules for Prometheus: those that the services declare, and those about every namespace. One object per group,
 * to stay below the size limit.
 */
export class Alerts extends ServiceChart {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertsProps,
  ) {
    super(scope, id, { wave: Wave.Consumers, namespace: props.namespace });
    const { modelNamespace } = props;
    new AlertRules(this, 'cluster', ({ namespaces }) => clusterRules({ namespaces, modelNamespace }));
  }

  override complete(app: App): void {
    const { namespace: monitorNamespace, probing, labels } = this.props;
    const namespaces = [...this.props.namespaces.keys()].sort();
    const groups = AlertRules.allIn(app).flatMap((declared) =>
      declared.groups({ app, monitorNamespace, namespaces, probing }),
    );
    for (const { name, rules } of new Map(groups.map((group) => [group.name, group])).values()) {
      new PrometheusRule(this, name, {
        metadata: { name: `platform-${name}`, labels: { ...labels } },
        spec: { groups: [{ name, rules: rules.map(ruleOf) }] },
      });
    }
  }
}

export function ruleOf(rule: Alert | Recording): PrometheusRuleSpecGroupsRules {
  if ('record' in rule) return { ...rule, labels: { ...rule.labels } };
  const { alert, expr, for: duration, severity, labels, summary, description } = rule;
  return {
    alert,
    expr,
    for: duration,
    labels: { severity, ...labels },
    annotations: { summary, description, runbook: `docs/alerts.md#${alert.toLowerCase()}` },
  };
}
