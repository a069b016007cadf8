'use strict';

// Runs one program in place of a container, with its own file system, network and processes. It is the first process of
// new mount, network and process namespaces, so everything disappears when it ends. Usage: unshare --mount --net --pid
// --fork --kill-child node sandbox.cjs SPECIFICATION.json

const { execFileSync, spawn } = require('node:child_process');
const { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { connect, createServer } = require('node:net');
const { dirname, join } = require('node:path');

/** Written by `Pod.start`. */
const { root, readOnlyRoot, mounts, user, groups, env, argv, ports, sockets, neighbours, sysctls } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);

const mount = (...args) => execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'inherit'] });

mount('--bind', root, root);
// An image brings its libraries; those of this machine replace them.
const libraries = ['/lib', '/lib64', '/usr/lib']
  .filter(existsSync)
  .map((path) => ({ source: path, path, readOnly: true }));
const devices = { source: '/dev', path: '/dev', readOnly: false };
for (const { source, path, readOnly } of [...libraries, devices, ...mounts]) {
  const target = join(root, path);
  if (statSync(source).isDirectory()) mkdirSync(target, { recursive: true });
  else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, '', { flag: 'a' });
  }
  mount('--bind', source, target);
  if (readOnly) mount('--options', 'remount,bind,ro', target);
}
mkdirSync(join(root, 'proc'), { recursive: true });
mount('--types', 'proc', 'proc', join(root, 'proc'));
if (readOnlyRoot) mount('--options', 'remount,bind,ro', root);

const ip = (...args) => execFileSync('ip', args);
ip('link', 'set', 'lo', 'up');
for (const [name, value] of Object.entries(sysctls)) writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value);
const bridge = (listen, target) =>
  createServer((near) => {
    const far = connect(target);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  }).listen(listen);
// Network namespaces share only files, so sockets connect them.
for (const port of ports) bridge(join(sockets, `${port}`), { host: '127.0.0.1', port });
for (const { host, port, socket } of neighbours) {
  if (!host.startsWith('127.')) ip('address', 'replace', `${host}/32`, 'dev', 'lo');
  bridge({ host, port }, { path: socket });
}
chmodSync(sockets, 0o700);

const program = spawn(
  'setpriv',
  ['--no-new-privs', 'chroot', `--userspec=${user.uid}:${user.gid}`, `--groups=${groups.join(',')}`, root, ...argv],
  { env, stdio: ['ignore', 'inherit', 'inherit'] },
);
program.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
program.on('exit', (code) => process.exit(code ?? 1));
