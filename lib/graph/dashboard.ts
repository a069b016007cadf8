import { Construct } from 'constructs';

/** A graph: what it shows, and what it asks Prometheus. */
export interface Panel {
  readonly title: string;
  /** PromQL → how its series are called, with labels as `{{label}}`. */
  readonly queries: Readonly<Record<string, string>>;
  /** Grafana's id of a unit. @default none */
  readonly unit?: 'percentunit' | 's' | 'bytes' | 'reqps' | 'cps' | 'dateTimeFromNow';
  /** One figure for each series in place of lines over time. @default false */
  readonly figures?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Also its address: `/d/<uid>`. */
  readonly uid: string;
  readonly title: string;
  /** What one dashboard is for all of: the label, and a metric that has it. @default it shows everything at once */
  readonly variable?: { readonly label: string; readonly metric: string };
  readonly rows: readonly Row[];
}

/** Declares what a dashboard of the whole platform shows of a service, for a Grafana, where there is one. */
export class DashboardRow extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly row: Row,
  ) {
    super(scope, id);
  }

  /** Each row once: what comes several times declares the same. */
  static allIn(scope: Construct): Row[] {
    const rows = scope.node.findAll().flatMap((node) => (node instanceof DashboardRow ? [node.row] : []));
    return [...new Map(rows.map((row) => [row.title, row])).values()];
  }
}

/** Declares a dashboard of its own, likewise. */
export class DashboardPage extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly dashboard: Dashboard,
  ) {
    super(scope, id);
  }

  static allIn(scope: Construct): Dashboard[] {
    return scope.node.findAll().flatMap((node) => (node instanceof DashboardPage ? [node.dashboard] : []));
  }
}
