/**
 * The same bits in every Node: the pinned results of all kernels, and the weights of short trainings, on the versions of engines/package.json.
 *
 *     node tools/checks/engines.mjs             checks with the versions that are installed
 *     node tools/checks/engines.mjs --install   installs them (about 150 MB, once a clone; npm checks their hashes)
 *
 * Exit code 0 equal, 1 not, 77 nothing installed: skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const folder = join(here, 'engines');
const skipped = 77;
/** One of each kind of network and of loss: convolutions and attention, covariance, Sinkhorn, cross-entropy. */
const methods = ['vicreg', 'swav', 'data2vec', 'simclr'];

function install() {
  console.log('engines: installing Node 20, 22 and 24 from npm (about 150 MB)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--loglevel=error', '--workspaces=false'];
  const { status } =
    npm && /\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], { cwd: folder, stdio: 'inherit' })
      : spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) console.error('engines: npm could not install them; its own lines above say why');
  return status ?? 1;
}

function engines() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return [20, 22, 24]
    .map((major) => join(folder, 'node_modules', `node${major}-${process.platform}-${process.arch}`, 'bin', file))
    .filter((path) => existsSync(path));
}

/** What a Node prints; null, with its last lines shown, when it fails. */
function output(engine, what, args) {
  const { status, stdout, stderr } = spawnSync(engine, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(`engines: ${what}: exit code, got ${status}, wanted 0:\n${`${stdout}${stderr}`.slice(-2000)}`);
  return null;
}

function weightsHash(engine, version, method) {
  const command = join(root, 'packages', 'cli', 'bin', 'jembench.js');
  const size = ['--train', '96', '--test', '64', '--epochs', '1', '--batch', '32', '--seed', '1'];
  const line = output(engine, `train ${method} on Node ${version}`, [command, 'train', method, ...size, '--json']);
  return line === null ? null : JSON.parse(line).weightsHash;
}

if (process.argv.includes('--install')) process.exit(install());
const found = engines();
if (found.length === 0) {
  console.log('engines: SKIPPED, none of Node 20, 22 and 24 is there to compare with; `npm run engines` gets them');
  process.exit(skipped);
}

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const project = join(root, 'packages', 'wasm-training');
const bits = ['run', '--root', project, '--config', join(root, 'vitest.config.ts'), '--reporter=dot', 'bits.test.ts'];
const expected = Object.fromEntries(
  methods.map((method) => [method, weightsHash(process.execPath, process.versions.node, method)]),
);
let failures = Object.values(expected).filter((hash) => hash === null).length;
for (const engine of found) {
  const version = output(engine, 'version', ['--version'])?.trim() ?? 'unknown';
  if (output(engine, `bits of the kernels on Node ${version}`, [vitest, ...bits]) === null) failures += 1;
  for (const method of methods) {
    const hash = weightsHash(engine, version, method);
    if (hash !== null && hash === expected[method]) continue;
    failures += 1;
    console.error(`engines: weights of ${method} on Node ${version}, got ${hash}, wanted ${expected[method]}`);
  }
  console.log(
    `engines: Node ${version}: bits of all kernels and weights of ${methods.join(', ')} compared with Node ${process.versions.node}'s`,
  );
}
process.exit(failures > 0 ? 1 : 0);
