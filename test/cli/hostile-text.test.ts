import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { printable } from '../../cli/terminal';
import { onlyKafka, runCommand, writeConfig, type Outcome } from '../support/cli';
import { temporaryFolder } from '../support/temporary';

// Text of others: it names the window, clears the screen, hides what follows, goes back to the start of the line, does
// all of that in the 8-bit form, and turns the direction of reading. Only the commands' own colours may reach a terminal.

const hostile = '\x1b]0;owned\x07\x1b[2J\x1b[8m\r\x9b2J\u202e';
const shown = '\\u001b]0;owned\\u0007\\u001b[2J\\u001b[8m\\u000d\\u009b2J\\u202e';

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);

/** An API server that refuses everything, in its own words. */
let server: Server;
let kubeconfig: string;
beforeAll(async () => {
  server = createServer((_, response) => {
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 401, message: `no ${hostile}` };
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(status));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  kubeconfig = path('kubeconfig.json');
  const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${port}` } };
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
  const users = [{ name: 'u', user: {} }];
  const config = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], contexts, users, 'current-context': 'c' };
  writeFileSync(kubeconfig, JSON.stringify(config));
});
afterAll(() => server.close());

// The name of a file holds no slash and no NUL; a config is found by its suffix.
const named = (suffix: string): string => path(`a${hostile}${suffix}`);

const commands: Record<string, () => Promise<Outcome>> = {
  'synth, of a name and a key of the config': () =>
    runCommand('synth', ['--config', writeConfig(named('.json'), { [hostile]: 1 })], coloured),
  'synth, of a folder': () => {
    mkdirSync(named(''));
    writeFileSync(join(named(''), 'mine'), '');
    return runCommand('synth', ['--config', writeConfig(path('small.json'), onlyKafka), '--out', named('')], coloured);
  },
  'images, of an image of the config': () =>
    runCommand('images', ['--config', writeConfig(path('i.json'), { images: { registry: hostile } })], coloured),
  'charts import, of a file': () => {
    writeFileSync(named('.tgz'), 'no archive');
    return runCommand('charts', ['import', named('.tgz')], coloured);
  },
  'config:import, of a key': () => {
    writeFileSync(path('config.conf'), `${hostile.replace('\r', '')}=1\n`);
    return runCommand('config-import', [path('config.conf')], coloured);
  },
  'deploy, of the API server': () => runCommand('deploy', ['--kubeconfig', kubeconfig], coloured),
  'doctor, of the API server': () =>
    runCommand('doctor', ['--kubeconfig', kubeconfig, '--config', writeConfig(path('d.json'), onlyKafka)], coloured),
};

const coloured = { env: { FORCE_COLOR: '1', NO_COLOR: undefined } };
const colours = /\x1b\[(1|2|22|31|32|33|36|39)m/g;

test.each(Object.entries(commands))('%s shows a hostile text as its characters', async (_, run) => {
  const { code, stdout, stderr } = await run();
  const printed = (stdout + stderr).replace(colours, '');
  expect({ code, raw: printed.match(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/g) }).toEqual({ code: 1, raw: null });
  expect(printed).toContain('u001b]0;owned');
});

test('every character is shown, and stays valid in JSON', () => {
  expect(printable(hostile)).toBe(shown);
  const json = JSON.stringify({ message: `a\u202eb\u0085c` });
  expect(JSON.parse(printable(json))).toEqual(JSON.parse(json));
});

test('without colours there are none, of others neither', () => {
  expect(printable('\x1b[31mred\x1b[39m')).toBe('\\u001b[31mred\\u001b[39m');
  expect(printable('\x1b[31mred\x1b[39m\x1b[8m', true)).toBe('\x1b[31mred\x1b[39m\\u001b[8m');
});

test('tabs, line breaks and letters of every language stay', () => {
  const text = 'a\tb\nModèle 模型 ✓ — …';
  expect(printable(text)).toBe(text);
});
