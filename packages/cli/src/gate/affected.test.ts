import { describe, expect, it } from 'vitest';
import { affected } from './affected.js';

describe('affected', () => {
  it.each([
    ['packages/core/src/ops/sinkhorn/composed.ts', true, true],
    ['packages/wasm-training/assembly/gemm.ts', true, true],
    ['packages/losses/src/vicreg.ts', true, true],
    ['packages/augmentations/src/crop.ts', false, true],
    ['packages/datasets/src/shapes/draw.ts', false, true],
    ['packages/trainers/src/methods/byol.ts', false, true],
    ['packages/eval/src/knn.ts', false, true],
    ['benchmarks/kernels/src/shapes.ts', true, false],
    ['packages/cli/src/main.ts', false, false],
    ['packages/playground/src/page.ts', false, false],
    ['packages/core/src/ops/sinkhorn/sinkhorn.test.ts', false, false],
    ['packages/losses/README.md', false, false],
    ['README.md', false, false],
    ['package-lock.json', true, true],
  ])('%s moves kernels: %s, training: %s', (file, kernels, training) => {
    expect(affected([file])).toEqual({ kernels, training });
  });

  it('takes everything that any of the files moves, and nothing for no file', () => {
    expect(affected(['packages/eval/src/knn.ts', 'benchmarks/kernels/src/shapes.ts'])).toEqual({
      kernels: true,
      training: true,
    });
    expect(affected([])).toEqual({ kernels: false, training: false });
  });
});
