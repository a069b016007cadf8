import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project';
import { parse } from '../support/config';

test('docs/configuration.md lists the default node port of every service that has one', () => {
  const nodePort = { type: 'nodePort' };
  const open = { ...nodePort, withoutLogin: true };
  const { services } = parse({
    services: {
      mlflow: { expose: open },
      minio: { expose: nodePort, console: nodePort },
      prefect: { expose: nodePort },
      prometheus: { expose: open, alertmanager: open },
      kafka: { expose: open },
      grafana: { expose: nodePort },
    },
  });
  const ports = portsIn(services);
  expect(ports.length).toBeGreaterThan(8);
  const documented = sectionOf('How do I reach a service?').match(/\b3\d{4}\b/g) ?? [];
  expect(documented.map(Number).sort()).toEqual(ports.sort());
});

/** Every node port in a part of a config. */
function portsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, ...rest } = value as Record<string, unknown>;
  if (type === 'nodePort') return Object.values(rest).filter((port): port is number => typeof port === 'number');
  return Object.values(value).flatMap(portsIn);
}

function sectionOf(title: string): string {
  const text = readFileSync(join(projectRoot, 'docs/configuration.md'), 'utf8');
  const [, section = ''] = text.split(`## ${title}\n`);
  return section.split('\n## ')[0] ?? '';
}
