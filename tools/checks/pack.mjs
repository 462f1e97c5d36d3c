/**
 * Packs every package, installs all tarballs into an empty project and uses them there: the files, the `exports`, the types and the
 * command must work without this repository around them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const project = mkdtempSync(join(tmpdir(), 'jembench-pack-'));

function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli && /\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
  return execFileSync(command, [...first, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
}

const use = `
import assert from 'node:assert/strict';
import { tf, rootStream, useBackend } from '@jembench/core';
import { vicreg } from '@jembench/losses';
import { shapes } from '@jembench/datasets';
import { loadDataset } from '@jembench/datasets/node';
import { simclrView } from '@jembench/augmentations';
import { diagnose } from '@jembench/eval';
import { methods } from '@jembench/trainers';
import * as harness from '@jembench/harness';
import { registerTrainingKernels } from '@jembench/wasm-training';
await useBackend('wasm');
const z: import('@jembench/core').Tensor2D = tf.tensor2d([[1, 2], [3, 4], [5, 7]]);
assert.ok(Number.isFinite(vicreg(z, z).total.dataSync()[0]));
assert.equal(shapes({ seed: 1, train: 20, test: 10 }).train.count, 20);
assert.equal((await loadDataset('shapes', { seed: 1, train: 20, test: 10 })).test.count, 10);
assert.ok(rootStream(0).uniform() < 1);
assert.ok(Object.keys(methods).length >= 10);
for (const thing of [simclrView, diagnose, registerTrainingKernels]) assert.equal(typeof thing, 'function');
assert.ok(Object.keys(harness).length > 0);
console.log('used every package');
`;

try {
  const tarballs = [];
  const workspaces = [
    ...readdirSync(join(root, 'packages')).map((n) => `packages/${n}`),
    ...readdirSync(join(root, 'benchmarks')).map((n) => `benchmarks/${n}`),
  ];
  for (const workspace of workspaces) {
    const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', project], join(root, workspace)));
    tarballs.push(`./${filename}`);
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  npm(
    [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
      ...tarballs,
      `typescript@${devDependencies.typescript}`,
      `@types/node@${devDependencies['@types/node']}`,
    ],
    project,
  );
  writeFileSync(join(project, 'use.ts'), use);
  const compilerOptions = {
    strict: true,
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    types: ['node'],
    skipLibCheck: true,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  const node = (args) =>
    execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.stdout.write(node([join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']));
  process.stdout.write(node(['use.js']));
  node([join('node_modules', '@jembench', 'cli', 'bin', 'jembench.js'), '--help']);
  console.log(`${tarballs.length} packages installed into an empty project and used`);
} catch (error) {
  if (error.stdout) process.stderr.write(error.stdout);
  console.error(`pack: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}
