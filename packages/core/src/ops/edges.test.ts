import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../backends/use-backend.js';
import { ShapeError } from '../errors.js';
import { tf, type Tensor, type Tensor2D } from '../tf.js';
import { attention } from './attention/op.js';
import { contrast } from './contrast/op.js';
import { covariance } from './covariance/op.js';
import { crossCorrelation } from './cross-correlation/op.js';
import { offDiagonalPenalty } from './decorrelation/op.js';
import { ema } from './ema/op.js';
import { gelu } from './gelu/op.js';
import type { Implementation } from './implementation.js';
import { layerNorm } from './layer-norm/op.js';
import { redundancy } from './redundancy/op.js';
import { standardise } from './standardise/op.js';
import { varianceHinge } from './variance-hinge/op.js';

type Call = (implementation: Implementation) => unknown;

const batch = (rows: number): Tensor2D => tf.ones([rows, 8]);

/** What each op says of a batch without rows. */
const withoutRows: Readonly<Record<string, readonly [call: Call, message: string]>> = {
  layerNorm: [
    (implementation) => layerNorm<Tensor>(batch(0), undefined, undefined, { implementation }),
    'layerNorm: x is empty, got shape [0,8], wanted no axis of size 0',
  ],
  attention: [
    (implementation) => attention(tf.zeros([0, 5, 12]), 2, { implementation }),
    'attention: qkv has N=0, wanted N >= 1',
  ],
  contrast: [(implementation) => contrast(batch(0), { implementation }), 'contrast: z has M=0, wanted M >= 4'],
  redundancy: [
    (implementation) => redundancy(batch(0), batch(0), { implementation }),
    'redundancy: a has N=0, wanted N >= 2',
  ],
  gelu: [
    (implementation) => gelu<Tensor>(batch(0), { implementation }),
    'gelu: x is empty, got shape [0,8], wanted no axis of size 0',
  ],
};

/** What each op that takes a variance over the batch says of a single sample, which has none. */
const oneSample: Readonly<Record<string, readonly [call: Call, message: string]>> = {
  crossCorrelation: [
    (implementation) => crossCorrelation(batch(1), batch(1), { implementation }),
    'crossCorrelation: a has N=1, wanted N >= 2',
  ],
  redundancy: [
    (implementation) => redundancy(batch(1), batch(1), { implementation }),
    'redundancy: a has N=1, wanted N >= 2',
  ],
  standardise: [(implementation) => standardise(batch(1), { implementation }), 'standardise: z has N=1, wanted N >= 2'],
  covariance: [(implementation) => covariance(batch(1), { implementation }), 'covariance: z has N=1, wanted N >= 2'],
  offDiagonalPenalty: [
    (implementation) => offDiagonalPenalty(batch(1), { implementation }),
    'offDiagonalPenalty: z has N=1, wanted N >= 2',
  ],
  varianceHinge: [
    (implementation) => varianceHinge(batch(1), { implementation }),
    'varianceHinge: z has N=1, wanted N >= 2',
  ],
};

describe.each(['composed', 'wasm'] as const)('%s on wasm', (implementation) => {
  beforeAll(() => useBackend('wasm'));

  function expectRefused(call: Call, message: string): void {
    tf.tidy(() => {
      expect(() => call(implementation)).toThrow(new ShapeError(message));
    });
  }

  it.each(Object.entries(withoutRows))('%s refuses a batch without rows', (_, [call, message]) => {
    expectRefused(call, message);
  });

  it.each(Object.entries(oneSample))('%s refuses a single sample, which has no variance', (_, [call, message]) => {
    expectRefused(call, message);
  });

  it('ema of nothing is nothing', () => {
    tf.tidy(() => {
      const next = ema(tf.zeros([0, 3]), tf.zeros([0, 3]), 0.9, { implementation });
      expect(next.shape).toEqual([0, 3]);
      expect(next.dataSync()).toHaveLength(0);
    });
  });
});
