import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shellProgram } from '../../../lib/bundle';

const rootPassword = 'root "pass\\word % $x';
const secretKey = 'user \'secret\' "key" %s';

/** What mc answers with --json, by what it is asked (mc RELEASE.2025-03-13, and as Silo's server makes it say). */
const answers = {
  'admin user info': '{"status":"success","policyName":"readwrite,mlflow","userStatus":"enabled"}',
  'admin user svcacct ls': '{"status":"success","accessKey":"OWN1"}\n{"status":"success","accessKey":"OWN2"}',
  'admin group info': '{"status":"success","groupName":"mlops-infra","members":["YESTERDAY","TODAY","mlflow"]}',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'minio-provision-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script with a stand-in for mc that notes its arguments and its input. */
function run(given: Partial<typeof answers> = {}): { calls: string[]; input: string; output: string } {
  const files = {
    'config/policies': 'mlflow\n',
    'config/buckets': 'models\ndata\n',
    'config/users': 'mlflow\n',
    'credentials/root/rootUser': 'root',
    'credentials/root/rootPassword': rootPassword,
    'credentials/users/mlflow': secretKey,
    'credentials/users/mlflow-access-key': 'TODAY',
    input: '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const cases = Object.entries({ ...answers, ...given }).map(
    ([asked, answer]) => `*"${asked}"*) ${answer === '' ? ':' : `printf '%s\\n' '${answer}'`} ;;`,
  );
  writeFileSync(
    path.join(folder, 'mc'),
    `#!/bin/sh
echo "$@" >>"${folder}/calls"
case "$*" in
  "alias set"*|"admin user add"*) cat >>"${folder}/input"; echo "Added $*" ;;
  ${cases.join('\n  ')}
esac
`,
  );
  chmodSync(path.join(folder, 'mc'), 0o755);
  const script = shellProgram('minio', 'provision').replace(/\/(config|credentials|tmp)\//g, `${folder}/$1/`);
  mkdirSync(path.join(folder, 'tmp'), { recursive: true });
  const output = execFileSync('/bin/sh', ['-c', script, 'provision.sh'], {
    env: { PATH: `${folder}:${process.env.PATH}`, MINIO_URL: 'http://minio:9000' },
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const calls = readFileSync(path.join(folder, 'calls'), 'utf8').replaceAll(`${folder}/`, '/').trim().split('\n');
  return { calls, input: readFileSync(path.join(folder, 'input'), 'utf8'), output };
}

test('waits for the server, then makes policies, private buckets, and users with their one policy', () => {
  const { calls, output } = run({ 'admin user svcacct ls': '', 'admin group info': '{"members":["TODAY"]}' });
  expect(calls).toEqual([
    'ready server',
    'alias set minio http://minio:9000',
    'admin policy create minio mlflow /config/policy-mlflow.json',
    'mb --ignore-existing minio/models',
    'anonymous set none minio/models',
    'mb --ignore-existing minio/data',
    'anonymous set none minio/data',
    'admin user add minio',
    'admin policy attach minio mlflow --user TODAY',
    '--json admin user info minio TODAY',
    'admin policy detach minio readwrite --user TODAY',
    '--json admin user svcacct ls minio TODAY',
    'admin group add minio mlops-infra TODAY',
    '--json admin group info minio mlops-infra',
  ]);
  expect(output).toContain('waiting for MinIO at http://minio:9000');
});

test('removes access keys that a user has made for itself', () => {
  const { calls, output } = run();
  expect(calls.filter((call) => call.includes('svcacct rm'))).toEqual([
    'admin user svcacct rm minio OWN1',
    'admin user svcacct rm minio OWN2',
  ]);
  expect(output).toContain('user mlflow: removed an access key of its own making');
});

test('removes users that it has made before, and nobody else', () => {
  const removed = (members: string): string[] =>
    run({ 'admin group info': `{"status":"success",${members}"groupStatus":"enabled"}` })
      .calls.filter((call) => call.includes('user remove'))
      .map((call) => call.replace('admin user remove minio ', ''));
  expect(removed('"members":["YESTERDAY","TODAY","mlflow"],')).toEqual(['YESTERDAY', 'mlflow']);
  rmSync(path.join(folder, 'calls'));
  expect(removed('"members":["TODAY"],')).toEqual([]);
});

test('hands secret keys to mc unchanged and nowhere else, and prints no access key', () => {
  const { calls, input, output } = run();
  expect(input).toBe(`root\n${rootPassword}\nTODAY\n${secretKey}\n`);
  for (const secret of [rootPassword, secretKey]) expect(calls.join('\n') + output).not.toContain(secret);
  for (const key of ['TODAY', 'YESTERDAY', 'OWN1']) expect(output).not.toContain(key);
});
