import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build, render } from '../charts/synthesize';
import { OutputIndex } from '../lib/checks/output-index';
import { graphOf, type NetworkGraph } from '../lib/network/graph';
import { loadConfig, synthesisFailure } from './config';
import { dotOf } from './graph/dot';
import { mermaidOf } from './graph/mermaid';
import { print, printError } from './terminal';

const usage = `Usage: npm run graph -- [options]

Draws who connects to whom in a platform, from the same connections as its network policies: as SVG, as Mermaid without
metrics and the API server, and as JSON with the purpose of each.

  --config FILE   the config to read (config.ts)
  --out NAME      writes NAME.svg, NAME.mmd and NAME.json (docs/platform)
  --help          print this`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'config.ts' },
      out: { type: 'string', default: 'docs/platform' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return;
  }
  const config = loadConfig(values.config);
  const { output } = await render(build(config), config);
  const graph = graphOf(new OutputIndex(output));
  const files = {
    svg: await svgOf(graph),
    mmd: mermaidOf(graph),
    json: `${JSON.stringify(graph, null, 2)}\n`,
  };
  for (const [ending, text] of Object.entries(files)) writeFileSync(`${values.out}.${ending}`, text);
  print(`${values.out}.svg, .mmd, .json: ${graph.nodes.length} nodes, ${graph.edges.length} connections`);
}

/** Without the comments, which name the version of Graphviz. */
async function svgOf(graph: NetworkGraph): Promise<string> {
  // A package of WebAssembly: only whoever draws loads it.
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  return graphviz.layout(dotOf(graph), 'svg', 'dot').replace(/<!--[^]*?-->\s*/g, '');
}

main().catch((error: unknown) => {
  printError(synthesisFailure(error as Error, usage, 'Nothing was written.'));
  process.exitCode = 1;
});
