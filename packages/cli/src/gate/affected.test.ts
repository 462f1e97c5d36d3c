import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureBuilt } from '../fixtures/cli.js';
import { affected, headSources, type Sources } from './affected.js';
import type * as nodeSide from './node-side.js';
import { isTraining } from './training.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let sources: Sources;
beforeAll(ensureBuilt);
beforeAll(async () => {
  // Processes start from what is built, without vitest's condition, which would send them to the sources.
  process.execArgv = [];
  const built = new URL('../../dist/gate/node-side.js', import.meta.url).href;
  const { startNodeSide } = (await import(built)) as typeof nodeSide;
  sources = await headSources(startNodeSide, { sizes: 'quick', backend: 'wasm', clock: null });
});

/** The lines that a change moves, shapes and passes left out: `sinkhorn fused-log`. */
function moved(...changed: readonly string[]): string[] {
  const { moves, nothing } = affected(changed, sources);
  const names = [...sources.run.keys(), 'vicreg on shapes: kNN'].filter((line) => moves(line));
  expect(nothing).toBe(names.length === 0);
  return [
    ...new Set(names.map((line) => (isTraining(line) ? 'training' : line.replace(/ forward(-backward)? /, ' ')))),
  ];
}

const ladder = (kernel: string): string[] =>
  ['composed-direct', 'composed-gram', 'fused'].map((one) => `${kernel} ${one}`);
const [covariance, redundancy] = [ladder('vicreg-covariance'), ladder('barlow-twins')];
const domains = (form: string): string[] => [`sinkhorn ${form}-plain`, `sinkhorn ${form}-log`];
const sinkhorn = [...domains('composed'), ...domains('fused')];
const kernels = [...covariance, ...redundancy, ...sinkhorn];
const all = [...kernels, 'training'];

describe('a change of', () => {
  it.each<[file: string, moves: readonly string[]]>([
    // AssemblyScript: by the kernels that call it, and the benchmarks that run these.
    ['packages/wasm-training/assembly/sinkhorn.ts', domains('fused')],
    ['packages/wasm-training/assembly/gemm.ts', [...covariance, ...redundancy, 'sinkhorn composed-plain', 'training']],
    [
      'packages/wasm-training/assembly/tiles.mjs',
      [...covariance, ...redundancy, 'sinkhorn composed-plain', 'training'],
    ],
    ['packages/wasm-training/assembly/attention.ts', []],
    ['packages/wasm-training/assembly/batchnorm.ts', ['training']],
    ['packages/wasm-training/assembly/a-new-one.ts', all],
    ['packages/eval/assembly/index.ts', ['training']],
    // Kernels, by their names in TensorFlow.js.
    // Encoders register the layers of all of them, the transformer's too.
    ['packages/wasm-training/src/ops/attention.ts', ['training']],
    ['packages/wasm-training/src/ops/sinkhorn.ts', sinkhorn],
    ['packages/wasm-training/src/kernels/convolution.ts', ['training']],
    ['packages/wasm-training/src/kernels/table.ts', all],
    ['packages/wasm-training/src/context.ts', all],
    // Ops, losses, trainers: by what imports them.
    ['packages/core/src/ops/sinkhorn/composed.ts', sinkhorn],
    ['packages/core/src/ops/redundancy/wasm.ts', redundancy],
    ['packages/core/src/ops/decorrelation/wasm.ts', [...covariance, 'training']],
    ['packages/core/src/ops/softargmax/op.ts', []],
    ['packages/core/src/random/stream.ts', all],
    ['packages/core/src/backends/wasm.ts', all],
    ['packages/losses/src/vicreg.ts', ['training']],
    ['packages/losses/src/dino.ts', []],
    ['packages/trainers/src/methods/vicreg.ts', ['training']],
    ['packages/trainers/src/methods/byol.ts', []],
    ['packages/datasets/src/shapes/draw.ts', ['training']],
    // What declares and what measures.
    ['benchmarks/kernels/src/sinkhorn.ts', sinkhorn],
    ['benchmarks/kernels/src/shapes.ts', kernels],
    ['benchmarks/training/src/tape.ts', []],
    ['packages/harness/src/gate/throughput.ts', all],
    ['packages/harness/src/bench/clock.ts', all],
    ['packages/harness/src/formats/junit.ts', []],
    ['packages/cli/src/gate/loaded-side.ts', all],
    ['packages/cli/src/gate/report.ts', []],
    ['packages/cli/src/main.ts', []],
    // What builds.
    ['package-lock.json', all],
    ['tools/assembly.mjs', all],
    ['packages/wasm-training/build.mjs', all],
    ['packages/losses/package.json', ['training']],
    ['benchmarks/kernels/tsconfig.build.json', kernels],
    // What nothing runs.
    ['packages/core/src/ops/sinkhorn/sinkhorn.test.ts', []],
    ['packages/core/src/ops/sinkhorn/cases.ts', []],
    ['packages/losses/README.md', []],
    ['README.md', []],
    ['.github/workflows/pr.yml', []],
  ])('%s moves %j', (file, moves) => {
    expect(moved(file).sort()).toEqual([...moves].sort());
  });

  it('several files moves what any of them moves, and of none nothing but sizes', () => {
    const two = moved('packages/losses/src/vicreg.ts', 'benchmarks/kernels/src/sinkhorn.ts');
    expect(two.sort()).toEqual([...sinkhorn, 'training'].sort());
    expect(moved()).toEqual([]);
    expect(affected([], sources).moves('bundle bytes')).toBe(true);
  });

  it('a kernel moves its lines in the browser, too, and a benchmark that nobody knows is taken', () => {
    const { moves } = affected(['benchmarks/kernels/src/sinkhorn.ts'], sources);
    expect(moves('browser sinkhorn forward N=64 K=3000 fused-log')).toBe(true);
    expect(moves('browser barlow-twins forward N=256 D=512 fused')).toBe(false);
    expect(moves('unknown forward N=1 fused')).toBe(true);
  });
});
