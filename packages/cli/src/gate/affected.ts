/** What of a gate a change can move. */
export interface Affected {
  readonly kernels: boolean;
  readonly training: boolean;
}

/** Packages whose code runs within a kernel benchmark, and within a training run. As the arrows of the house have it. */
const inKernels = new Set(['wasm-training', 'core', 'losses', 'harness']);
const inTraining = new Set([
  'wasm-training',
  'core',
  'losses',
  'augmentations',
  'datasets',
  'eval',
  'trainers',
  'harness',
]);

/** Files of a package that no benchmark runs. */
const idle = /(\.test\.ts|\.bench\.ts|README\.md)$|\/fixtures\//;

/** Which benchmarks a change of these files can move; a file outside the packages that everything is built with moves all. */
export function affected(changed: readonly string[]): Affected {
  const moved = { kernels: false, training: false };
  for (const file of changed) {
    const [group, name] = file.split('/');
    if (/^(package-lock\.json|package\.json|tsconfig\.base\.json)$/.test(file))
      Object.assign(moved, { kernels: true, training: true });
    else if (idle.test(file)) continue;
    else if (group === 'packages') {
      moved.kernels ||= inKernels.has(name);
      moved.training ||= inTraining.has(name);
    } else if (group === 'benchmarks') moved.kernels ||= name === 'kernels';
  }
  return moved;
}
