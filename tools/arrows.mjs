/** The arrows of the house: which packages each package may import. They point down only; eslint.config.mjs enforces them. */
export const arrows = {
  'wasm-training': [],
  core: ['wasm-training'],
  losses: ['core'],
  augmentations: ['core'],
  datasets: ['core'],
  eval: ['core'],
  trainers: ['core', 'losses', 'augmentations', 'eval'],
  harness: [],
  testing: ['wasm-training', 'core', 'losses', 'augmentations', 'datasets', 'eval', 'trainers', 'harness'],
  cli: [
    'core',
    'losses',
    'augmentations',
    'datasets',
    'eval',
    'trainers',
    'harness',
    'testing',
    'bench-augmentations',
    'bench-kernels',
    'bench-training',
  ],
};

/** Where tfjs itself may be imported; everything else takes `tf` from @jembench/core. */
export const tfjsDoors = [
  'packages/core/src/tf.ts',
  'packages/core/src/backends/**',
  'packages/wasm-training/src/**',
  'packages/trainers/src/layers/**',
];

/** Where Node's own modules may be imported; everything else also runs in a browser. */
export const nodeRooms = ['packages/cli/src/**', 'packages/testing/src/**', 'packages/datasets/src/node/**'];

/** What the tests of a package may import: its own arrows, and packages beside it that do not depend on it. */
export function testMayImport(name) {
  const dependsOn = (from) => [...new Set(arrows[from].flatMap((next) => [next, ...dependsOn(next)]))];
  return Object.keys(arrows).filter((other) => other !== name && other !== 'cli' && !dependsOn(other).includes(name));
}
