import { mermaidOf } from '../../../cli/graph/mermaid';
import { dotOf } from '../../../cli/graph/dot';
import { parseConfig } from '../../../charts/config';
import { OutputIndex } from '../../../lib/checks/output-index';
import { graphOf, type NetworkGraph } from '../../../lib/network/graph';
import { allowedPairs } from '../../support/network';
import { assemble } from '../../support/output';
import { usual } from '../../support/usual-config';

const mlflow = 'Deployment/mlops-mlflow/mlflow-tracking-server';
const drawn = async (): Promise<NetworkGraph> => graphOf(new OutputIndex(await assemble(parseConfig(usual))));

test('each pair has one line, with its ports and purposes', async () => {
  const { nodes, edges } = await drawn();
  expect(edges.filter(({ from }) => from === mlflow)).toEqual([
    { from: mlflow, to: 'Deployment/mlops-minio/minio', ports: ['9000'], purposes: ['artifacts'] },
    {
      ...{ from: mlflow, to: 'StatefulSet/mlops-mlflow/postgresql-mlflow' },
      ...{ ports: ['5432'], purposes: ['runs and registered models'] },
    },
  ]);
  expect(new Set(edges.map(({ from, to }) => `${from} ${to}`)).size).toBe(edges.length);
  const ids = nodes.map(({ id }) => id);
  expect(edges.flatMap(({ from, to }) => [from, to]).filter((id) => !ids.includes(id))).toEqual([]);
});

test('what the policies let pods reach is drawn', async () => {
  const output = await assemble(parseConfig(usual));
  const { edges } = graphOf(new OutputIndex(output));
  const lines = edges.flatMap(({ from, to, ports }) => ports.map((port) => `${from} → ${to}:${port}`));
  const pairs = allowedPairs(output)
    .filter((pair) => !pair.startsWith('a stranger'))
    .map((pair) => pair.replace(/^flow runs \((.*?)\)/, 'Pod/$1/flow runs'));
  expect(pairs.length).toBeGreaterThan(30);
  expect(pairs.filter((pair) => !lines.includes(pair))).toEqual([]);
});

test('Mermaid leaves out metrics and the API server as a target, and Graphviz dashes them', async () => {
  const graph = await drawn();
  const mermaid = mermaidOf(graph);
  expect(mermaid).toMatch(/subgraph mlops-mlflow\n.*"mlflow-tracking-server"/);
  expect(mermaid).not.toContain('prometheus-kube-state-metrics');
  expect(dotOf(graph)).toMatch(/-> "the API server" \[label="", style=dashed/);
  expect(dotOf(graph)).toContain('subgraph "cluster mlops-mlflow" {');
});
