import type { Cluster } from './cluster';
import { type PodView, viewsOf } from './pods';

interface Usage {
  readonly pods: readonly {
    readonly podRef: { readonly uid: string };
    readonly containers: readonly {
      readonly name: string;
      readonly memory: { readonly workingSetBytes?: number };
      readonly cpu: { readonly usageCoreNanoSeconds?: number };
    }[];
  }[];
}

/** Each container: when its pod was ready, how often it was started again, and what it uses of what it may. */
export async function tableOf(cluster: Cluster): Promise<string> {
  const { items } = await cluster.json('get', 'nodes');
  const usages = await Promise.all(
    items.map(async ({ metadata }: { metadata: { name: string } }) => {
      const raw = await cluster.kubectl(['get', '--raw', `/api/v1/nodes/${metadata.name}/proxy/stats/summary`]);
      return (JSON.parse(raw) as Usage).pods;
    }),
  );
  const views = (await viewsOf(cluster)).filter(({ ready }) => ready);
  return markdown([
    ['container', 'ready after', 'restarts', 'memory, MiB', 'request', 'limit', 'CPU, s'],
    ...views.flatMap((view) => rowsOf(view, usages.flat() as Usage['pods'])),
  ]);
}

/** A table of rows, whose first is the head. */
export function markdown([head = [], ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rowsOf(view: PodView, usages: Usage['pods']): string[][] {
  const used = usages.find(({ podRef }) => podRef.uid === view.object.metadata.uid)?.containers ?? [];
  return view.object.spec.containers.map(({ name, resources }) => {
    const usage = used.find((one) => one.name === name);
    const memory = (usage?.memory.workingSetBytes ?? Number.NaN) / 2 ** 20;
    const cpu = (usage?.cpu.usageCoreNanoSeconds ?? Number.NaN) / 1e9;
    return [
      `${view.workload} ${name}`,
      `${view.readyAfter} s`,
      String(view.restarts),
      memory.toFixed(0),
      resources?.requests?.memory ?? '–',
      resources?.limits?.memory ?? '–',
      cpu.toFixed(1),
    ];
  });
}
