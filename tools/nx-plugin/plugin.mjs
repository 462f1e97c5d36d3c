/**
 * Infers the Nx targets of every package and benchmark from the files it has, so that no project.json repeats them.
 *
 * What is inferred names no absolute path and no environment variable: both would end up in the cache key. Timings are never cached and
 * never run beside anything else; a cached bench would replay old numbers byte for byte.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createNodesFromFiles } from '@nx/devkit';

const cached = { cache: true };

/** Projects whose tests start the built command rather than import sources. */
const testsNeedBuild = new Set(['packages/cli']);

function targetsOf(root, workspaceRoot) {
  const has = (file) => existsSync(join(workspaceRoot, root, file));
  const targets = {};
  // The command carries the scripts that speak for other libraries.
  const peers = has('bundle.mjs') ? ['{workspaceRoot}/tools/peers/**/*'] : [];
  if (has('build.mjs')) {
    targets.generate = {
      ...cached,
      command: 'node build.mjs',
      options: { cwd: '{projectRoot}' },
      // package.json has the version that the generated code states.
      inputs: [
        '{projectRoot}/assembly/**/*',
        '{projectRoot}/build.mjs',
        '{workspaceRoot}/tools/assembly.mjs',
        '{projectRoot}/package.json',
        { externalDependencies: ['assemblyscript'] },
      ],
      outputs: ['{projectRoot}/src/generated'],
    };
  }
  if (has('tsconfig.build.json')) {
    const compile = 'tsc -b {projectRoot}/tsconfig.build.json';
    targets.build = {
      ...cached,
      command: has('bundle.mjs') ? `${compile} && node {projectRoot}/bundle.mjs` : compile,
      dependsOn: ['generate', '^build'],
      inputs: ['production', '^production', ...peers, { externalDependencies: ['typescript', 'esbuild'] }],
      outputs: ['{projectRoot}/dist'],
    };
  }
  if (has('tsconfig.json')) {
    targets.typecheck = {
      ...cached,
      command: 'tsc -p {projectRoot}/tsconfig.json --noEmit',
      dependsOn: ['generate', '^generate'],
      inputs: ['default', '^production', { externalDependencies: ['typescript'] }],
    };
    targets.lint = {
      ...cached,
      command: 'eslint --max-warnings 0 {projectRoot}',
      dependsOn: ['generate', '^generate'],
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/eslint.config.mjs',
        '{workspaceRoot}/tools/arrows.mjs',
        { externalDependencies: ['eslint', 'typescript-eslint'] },
      ],
    };
    targets.test = {
      ...cached,
      command: 'vitest run --root . --config ../../vitest.config.ts',
      options: { cwd: '{projectRoot}' },
      dependsOn: testsNeedBuild.has(root) ? ['build'] : ['generate', '^generate'],
      inputs: ['default', '^production', ...peers, { externalDependencies: ['vitest'] }],
      outputs: ['{projectRoot}/.reports'],
    };
  }
  if (root.startsWith('benchmarks/')) {
    targets.bench = {
      command: `node packages/cli/bin/jembench.js bench ${basename(root)}`,
      cache: false,
      parallelism: false,
      dependsOn: ['build', { projects: ['@jembench/cli'], target: 'build' }],
    };
  }
  return targets;
}

export const createNodes = [
  '{packages,benchmarks}/*/package.json',
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const root = dirname(file).split('\\').join('/');
        return { projects: { [root]: { root, targets: targetsOf(root, context.workspaceRoot) } } };
      },
      files,
      options,
      context,
    ),
];
