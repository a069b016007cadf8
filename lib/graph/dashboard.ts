import { Construct } from 'constructs';

/** A graph: its title and its queries. */
export interface Panel {
  readonly title: string;
  /** PromQL → legend of its series, with labels as `{{label}}`. */
  readonly queries: Readonly<Record<string, string>>;
  /** Grafana's ID of a unit. @default none */
  readonly unit?: 'percentunit' | 's' | 'bytes' | 'reqps' | 'cps' | 'dateTimeFromNow';
  /** Shows one number per series instead of lines over time. @default false */
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
  /** Selector at the top of a dashboard: the label, and a metric that has it. @default none */
  readonly variable?: { readonly label: string; readonly metric: string };
  readonly rows: readonly Row[];
}

/** Declares a service's row on the platform's dashboard, for a Grafana where there is one. */
export class DashboardRow extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly row: Row,
  ) {
    super(scope, id);
  }

  /** Each row once: equal titles declare the same row. */
  static allIn(scope: Construct): Row[] {
    const rows = scope.node.findAll().flatMap((node) => (node instanceof DashboardRow ? [node.row] : []));
    return [...new Map(rows.map((row) => [row.title, row])).values()];
  }
}

/** Declares a dashboard, for a Grafana where there is one. */
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
