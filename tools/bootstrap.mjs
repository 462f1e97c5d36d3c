/**
 * What `npm start`, `npm test` and `npm run bench:gpu` run first: brings a fresh clone to where the command can run, says what it does, and costs nothing
 * when all is there. Plain Node without dependencies, because nothing is installed yet.
 *
 *     node tools/bootstrap.mjs start [arguments of `jembench suite`]
 *     node tools/bootstrap.mjs test  [arguments of tools/test.mjs]
 *     node tools/bootstrap.mjs gpu   [arguments of packages/cli/src/gpu/main.ts]
 *     node tools/bootstrap.mjs build   nothing else
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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

/** How long a download or an installation of a browser may take. */
const browserMs = 180_000;

/**
 * Provides a browser: one that is there, else Playwright's own where its download works, else the package manager's where it may. What
 * fails is remembered until the lock file changes: it costs a clone its time once. Without a browser everything else runs.
 */
function provideBrowser() {
  const cli = join(root, 'packages', 'cli', 'dist', 'hosts', 'browser', 'find.js');
  const look = `import(${JSON.stringify(pathToFileURL(cli).href)}).then(({ browserFinding }) => console.log(browserFinding('chromium').found ?? ''))`;
  const found = () => spawnSync(process.execPath, ['-e', look], { encoding: 'utf8' }).stdout.trim() !== '';
  const tried = join(root, 'node_modules', '.jembench-browser');
  const lock = readFileSync(stamp, 'utf8');
  if (found() || (existsSync(tried) && readFileSync(tried, 'utf8') === lock)) return;

  say("browser: none found, trying Playwright's download (up to three minutes)");
  const quietly = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'ignore', timeout: browserMs });
  quietly(process.execPath, [join(root, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium']);
  if (found()) return;
  const install = debianInstall();
  if (install !== null) {
    say(`browser: no download, trying "${install.join(' ')}"`);
    const [command, ...args] = install;
    if (quietly(command, args).status !== 0) {
      quietly(command, [...args.slice(0, args.indexOf('install')), 'update']);
      quietly(command, args);
    }
    if (found()) return;
  }
  writeFileSync(tried, lock);
  say('browser: none could be installed; install chromium to run that part too, the rest runs without it');
}

/** The package manager's command, where this user may run it without being asked for a password; else null. */
function debianInstall() {
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return null;
  const apt = ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'];
  if (process.getuid() === 0) return apt;
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n', ...apt] : null;
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
const cli = join(root, 'packages', 'cli');
const verbs = {
  build: null,
  start: ['jembench suite', join(cli, 'bin', 'jembench.js'), 'suite', '--profile', 'quick'],
  test: ['tests', join(root, 'tools', 'test.mjs')],
  gpu: ['bench:gpu', join(cli, 'dist', 'gpu', 'main.js')],
};
const [verb, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? ''))
  fail(`verb: got "${verb ?? ''}", wanted one of ${Object.keys(verbs).join(', ')}`);
installDependencies();
say('building (cached by Nx)');
build();
if (verbs[verb] !== null) {
  provideBrowser();
  const [what, ...program] = verbs[verb];
  run(what, process.execPath, [...program, ...rest]);
}
