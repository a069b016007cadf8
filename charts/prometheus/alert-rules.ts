import type { Construct } from 'constructs';
import { PrometheusRule, type PrometheusRuleSpecGroupsRules } from '../../imports/monitoring.coreos.com';
import { ServiceChart, Wave } from '../../lib/graph/service-chart';
import type { Alert, Recording, RuleGroup } from '../../lib/graph/alert';

export interface AlertsProps {
  readonly namespace: string;
  readonly groups: readonly RuleGroup[];
  /** Labels that a Prometheus of your own selects rules by. @default none, which ours does not need */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What somebody must know of, as rules for Prometheus: one object for each group, so that none of them grows too large. */
export class Alerts extends ServiceChart {
  constructor(scope: Construct, id: string, { namespace, groups, labels }: AlertsProps) {
    super(scope, id, { wave: Wave.Consumers, namespace });
    for (const { name, rules } of groups) {
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
