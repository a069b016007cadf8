import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandsIn } from '../../support/documents';
import { noBefore, unpackBefore } from '../before';
import { ControlPlane } from './control-plane';
import { joinNode, reportReadyPods } from './kubelet';
import { synthesizeTo } from './platform';
import { startDeploy } from './small-platform';
import { newestVersion } from './tools';
import { eventually } from './workspace';

// What an API server says to the manifests of now over those of before. Nothing has data here: test:node has.

/** Of the commands of docs/upgrading.md, those that call a program in a container. */
const callsProgram = /^kubectl -n \S+ exec /;

const missing = noBefore();
const [suite, reason] = missing === undefined ? [describe, ''] : [describe.skip, ` (skipped: ${missing})`];

suite(`manifests over those of before${reason}`, () => {
  let cluster: ControlPlane;
  let kubelet: NodeJS.Timeout;

  beforeAll(async () => {
    cluster = await ControlPlane.start({ version: newestVersion });
    await cluster.startControllers();
    await joinNode(cluster);
    // A pod that goes meanwhile is looked at once more.
    kubelet = setInterval(() => void reportReadyPods(cluster).catch(() => undefined), 500);
  });
  afterAll(async () => {
    clearInterval(kubelet);
    await cluster.stop();
  });

  test('the documented commands lead to them, and the API server refuses none', async () => {
    const before = cluster.path('before');
    mkdirSync(before);
    await unpackBefore(before, 'dist');
    // Whether a model is fine is for Seldon's operator to say, which is not here.
    for (const name of ['60-models.yaml', '60-drift.yaml']) rmSync(join(before, 'dist', name));
    await cluster.kubectl(['apply', '-f', join(before, 'dist')]);
    expect(await cluster.kubectl(['apply', '-f', join(before, 'dist')])).toMatchObject({ code: 0 });
    const { folder } = await synthesizeTo(cluster.path('dist'), {
      cluster: { externalHost: '192.0.2.10' },
      size: { profile: 'team' },
    });
    for (const command of commands().filter((one) => !callsProgram.test(one))) {
      const outcome =
        command === 'npm run deploy'
          ? await startDeploy(cluster.kubeconfig, ['--out', folder, '--timeout', '2m']).end
          : await cluster.kubectl(words(command));
      expect({ command, ...outcome }).toMatchObject({ command, code: 0 });
    }
    const ready = async (): Promise<boolean> => {
      const { stdout } = await cluster.kubectl([
        'get',
        'deployments,statefulsets',
        '-A',
        '-o',
        'jsonpath={range .items[*]}{.spec.replicas}={.status.readyReplicas}{"\\n"}{end}',
      ]);
      return stdout
        .trim()
        .split('\n')
        .every((line) => /^(\d+)=\1$/.test(line));
    };
    await eventually('every workload has its pods', ready, { seconds: 60, every: 500 });
  }, 300_000);
});

const commands = (): string[] => [
  ...commandsIn('Rights', 'Before'),
  ...commandsIn('MLflow', 'Before'),
  ...commandsIn('Prefect', 'Before'),
  ...commandsIn('PostgreSQL', 'What rolls'),
  ...commandsIn('Prefect', 'What rolls'),
  ...commandsIn('Istio', 'What you must do'),
  ...commandsIn('Rights', 'What you must do'),
  ...commandsIn('Flow runs', 'What you must do'),
];

/** Words of a command of kubectl, without its name. */
const words = (command: string): string[] => command.split(/\s+/).slice(1);
