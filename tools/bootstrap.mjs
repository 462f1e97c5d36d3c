/**
 * What `npm start` and `npm test` run first: brings a fresh clone to where the command can run, says what it does, and costs nothing
 * when all is there. Plain Node without dependencies, because nothing is installed yet.
 *
 *     node tools/bootstrap.mjs start [arguments of `jembench suite`]
 *     node tools/bootstrap.mjs test  [arguments of tools/test.mjs]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.jembench-lock');

function say(line) {
  process.stderr.write(`bootstrap: ${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(2);
}

/** Runs a command with this terminal and ends with its exit code where that is not 0. */
function run(what, command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) fail(`${what}: cannot start ${command}, got ${error.message}; is it on the PATH?`);
  if (signal) process.exit(130);
  if (status !== 0) {
    say(`${what}: ended with exit code ${status}; its own lines above say why`);
    process.exit(status ?? 1);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Node: got ${process.versions.node}, wanted 20.19 or newer; install one from nodejs.org or your package manager`,
    );
  }
}

/** Installs the locked dependencies, without any package's scripts (.npmrc), when the lock file is not the installed one. */
function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing the locked dependencies (npm ci, without install scripts)');
  const npm = process.env.npm_execpath;
  // Under `npm start` the running npm names itself; by hand the one on the PATH serves (a .cmd file on Windows, hence the shell).
  if (npm && /\.c?js$/.test(npm)) run('npm ci', process.execPath, [npm, 'ci', '--loglevel=error']);
  else run('npm ci', 'npm', ['ci', '--loglevel=error'], { shell: process.platform === 'win32' });
  writeFileSync(stamp, lock);
}

function build() {
  const args = [
    join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'),
    'run-many',
    '-t',
    'build',
    '--output-style=static',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(stdout + stderr);
  fail('build: failed; the lines above say why');
}

requireNode();
const [verb, ...rest] = process.argv.slice(2);
if (verb !== 'start' && verb !== 'test') fail(`verb: got "${verb ?? ''}", wanted "start" or "test"`);
installDependencies();
say('building (cached by Nx)');
build();
if (verb === 'start') {
  run('jembench suite', process.execPath, [
    join(root, 'packages', 'cli', 'bin', 'jembench.js'),
    'suite',
    '--profile',
    'quick',
    ...rest,
  ]);
} else {
  run('tests', process.execPath, [join(root, 'tools', 'test.mjs'), ...rest]);
}
