import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { covariance, covariancePenalty, redundancy, registerTrainingKernels, standardise } from '../index.js';
import {
  centred64,
  columnProducts64,
  rowProducts64,
  standardised64,
  sumOfSquares64,
  throughStandardise64,
  withoutDiagonal64,
} from '../testing/float64.js';
import { generatedValues } from '../testing/values.js';

const eps = 1e-5;

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

const shapes = fc.record({
  rows: fc.integer({ min: 2, max: 40 }),
  columns: fc.integer({ min: 1, max: 70 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});
/** How much larger one column is than the others: from 1000 on the Gram form's subtraction loses everything. */
const spreads = fc.constantFrom(1, 30, 1000);
const forms = fc.constantFrom('auto', 'direct', 'gram');

function batch({ rows, columns, seed }: Shape, spread = 1, centre = 3): Float32Array {
  const values = generatedValues(rows * columns, seed);
  return values.map((value, i) => centre + value * (i % columns === columns >> 1 ? spread : 1));
}

const matrix = (data: Float32Array, columns: number): tf.Tensor2D =>
  tf.tensor2d(data, [data.length / columns, columns]);

/** The largest error relative to the largest value, absolute where all are 0. */
function relativeError(got: tf.Tensor, want: ArrayLike<number>): number {
  const scale = Array.from(want).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    Array.from(got.dataSync()).reduce((worst, value, i) => Math.max(worst, Math.abs(value - want[i])), 0) / (scale || 1)
  );
}

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe.each(['relaxed', 'simd'] as const)('second moments of any batch, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  const forAll = <T>(values: fc.Arbitrary<T>, property: (value: T) => void): void => {
    fc.assert(
      fc.property(values, (value) => {
        tf.tidy(() => {
          property(value);
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  };

  it('covariance and its gradient', () => {
    forAll(fc.tuple(shapes, spreads), ([shape, spread]) => {
      const { rows, columns } = shape;
      const z = batch(shape, spread);
      const x = centred64({ data: z, columns });
      const dy = matrix(generatedValues(columns ** 2, shape.seed + 1), columns);
      const c = columnProducts64(x, x, columns).map((value) => value / (rows - 1));
      expect(relativeError(covariance(matrix(z, columns), { centred: true, ddof: 1 }), c)).toBeLessThan(2e-6);
      const both = tf.add(dy, tf.transpose(dy)).dataSync();
      const slope = rowProducts64(x, Float64Array.from(both), columns).map((value) => value / (rows - 1));
      const gradient = tf.grad((v) => covariance(v as tf.Tensor2D, { centred: true, ddof: 1 }))(matrix(z, columns), dy);
      expect(relativeError(gradient, slope)).toBeLessThan(2e-6);
    });
  });

  it('covariancePenalty and its gradient, in every form that is not made to lose the result', () => {
    forAll(fc.tuple(shapes, spreads, forms, fc.boolean()), ([shape, spread, wanted, centred]) => {
      const { rows, columns } = shape;
      const form = wanted === 'gram' && (spread > 1 || columns < 1.5 * rows) ? 'auto' : wanted;
      const z = batch(shape, spread, centred ? 3 : 0);
      const x = centred ? centred64({ data: z, columns }) : Float64Array.from(z);
      const c = withoutDiagonal64(columnProducts64(x, x, columns), columns).map((value) => value / (rows - 1));
      const slope = rowProducts64(x, c, columns).map((value) => (4 * value) / (rows - 1));
      const { value, grad } = tf.valueAndGrad((v) => covariancePenalty(v as tf.Tensor2D, { centred, ddof: 1, form }))(
        matrix(z, columns),
      );
      expect(relativeError(value, [sumOfSquares64(c)])).toBeLessThan(2e-6);
      expect(relativeError(grad, slope)).toBeLessThan(4e-6);
    });
  });

  it('standardise and its gradient', () => {
    forAll(fc.tuple(shapes, spreads), ([shape, spread]) => {
      const { columns } = shape;
      const z = batch(shape, spread);
      const exact = standardised64({ data: z, columns }, eps);
      const dy = generatedValues(z.length, shape.seed + 1);
      expect(relativeError(standardise(matrix(z, columns), eps), exact.x)).toBeLessThan(2e-6);
      const slope = throughStandardise64(Float64Array.from(dy), exact);
      // Two samples become 1 and -1 whatever they are: what is left of their gradient is measured against what cancels.
      const scale = Math.max(...exact.rates);
      const gradient = tf.grad((v) => standardise(v as tf.Tensor2D, eps))(matrix(z, columns), matrix(dy, columns));
      const errors = Array.from(gradient.dataSync(), (value, i) => Math.abs(value - slope[i]));
      expect(Math.max(...errors) / scale).toBeLessThan(4e-6);
    });
  });

  it('redundancy and its gradients, in every form that is not made to lose the result', () => {
    forAll(
      fc.tuple(shapes, spreads, fc.constantFrom('auto', 'direct'), fc.double({ min: 0.2, max: 2, noNaN: true })),
      (given) => {
        const [shape, spread, form, noise] = given;
        const { rows, columns, seed } = shape;
        const a = batch(shape, spread);
        const b = generatedValues(a.length, seed + 2).map((value, i) => a[i] + noise * value);
        const [x, y] = [standardised64({ data: a, columns }, eps), standardised64({ data: b, columns }, eps)];
        const c = columnProducts64(x.x, y.x, columns).map((value) => value / rows);
        const diagonal = Float64Array.from({ length: columns }, (_, j) => c[j * (columns + 1)]);
        const rest = withoutDiagonal64(c, columns);
        const weights = generatedValues(columns, seed + 3);
        // Of sum_j weights_j C_jj + sum_{j != k} C_jk^2 / D.
        const slope = rest.map(
          (value, i) => (i % (columns + 1) === 0 ? weights[i % columns] : (2 * value) / columns) / rows,
        );
        const terms = redundancy(matrix(a, columns), matrix(b, columns), { eps, form });
        expect(relativeError(terms.diagonal, diagonal)).toBeLessThan(4e-6);
        expect(
          Math.abs(terms.offDiagonal.dataSync()[0] - sumOfSquares64(rest)) / (sumOfSquares64(c) || 1),
        ).toBeLessThan(4e-6);
        const gradients = tf.grads((v, w) => {
          const { diagonal: own, offDiagonal } = redundancy(v as tf.Tensor2D, w as tf.Tensor2D, { eps, form });
          return tf.add(tf.sum(tf.mul(own, tf.tensor1d(weights))), tf.div(offDiagonal, columns));
        })([matrix(a, columns), matrix(b, columns)]);
        const wanted = [
          throughStandardise64(rowProducts64(y.x, slope, columns, true), x),
          throughStandardise64(rowProducts64(x.x, slope, columns), y),
        ];
        gradients.forEach((gradient, view) => {
          const scale = Math.max(...(view === 0 ? x : y).rates) / Math.sqrt(rows);
          const errors = Array.from(gradient.dataSync(), (value, i) => Math.abs(value - wanted[view][i]));
          expect(Math.max(...errors) / scale).toBeLessThan(1e-5);
        });
      },
    );
  });

  it('is zero, and so are its gradients, where nothing varies', () => {
    tf.tidy(() => {
      const z = tf.fill<tf.Rank.R2>([9, 20], 0.3);
      for (const form of ['auto', 'direct', 'gram'] as const) {
        const { value, grad } = tf.valueAndGrad((v) =>
          covariancePenalty(v as tf.Tensor2D, { centred: true, ddof: 1, form }),
        )(z);
        expect([...value.dataSync(), ...grad.dataSync()].every((v) => v === 0)).toBe(true);
      }
      expect(Array.from(standardise(z, eps).dataSync())).toEqual(new Array<number>(180).fill(0));
    });
  });

  it('shows what is not finite, wherever it is', () => {
    forAll(fc.tuple(shapes, fc.constantFrom(NaN, Infinity, -Infinity), fc.nat()), ([shape, poison, place]) => {
      const { columns } = shape;
      const z = batch(shape);
      z[place % z.length] = poison;
      const other = batch({ ...shape, seed: shape.seed + 1 });
      if (columns > 1) {
        const penalty = covariancePenalty(matrix(z, columns), { centred: true, ddof: 1, form: 'auto' });
        expect(penalty.dataSync()[0]).not.toSatisfy(Number.isFinite);
      }
      expect(Array.from(standardise(matrix(z, columns), eps).dataSync()).some(Number.isNaN)).toBe(true);
      const { diagonal } = redundancy(matrix(z, columns), matrix(other, columns), { eps, form: 'auto' });
      expect(Array.from(diagonal.dataSync()).some(Number.isNaN)).toBe(true);
    });
  });

  it('takes numbers below the normal ones as they are', () => {
    tf.tidy(() => {
      const unit = 2 ** -74;
      const z = Float32Array.of(1, 0, 3, 4).map((value) => value * unit);
      // (1, 3) and (0, 4): [2, 4; 4, 8], times 2^-148.
      const c = covariance(tf.tensor2d(z, [2, 2]), { centred: true, ddof: 1 });
      expect(Array.from(c.dataSync())).toEqual([2, 4, 4, 8].map((value) => value * unit * unit));
    });
  });

  it('needs no [D, D] matrix for a wide batch, not even where its Gram form would lose the result', () => {
    const wide = 6000;
    const z = matrix(batch({ rows: 4, columns: wide, seed: 5 }, 1e6), wide);
    const { buffer } = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8;
    const { value, grad } = tf.valueAndGrad((v) =>
      covariancePenalty(v as tf.Tensor2D, { centred: true, ddof: 1, form: 'auto' }),
    )(z);
    expect(value.dataSync()[0]).toBeGreaterThan(0);
    // The memory would have grown by 144 MB.
    const after = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.buffer;
    expect(after.byteLength - buffer.byteLength).toBeLessThan(20e6);
    tf.dispose([z, value, grad]);
  });

  it('says what is wrong with its arguments', () => {
    tf.tidy(() => {
      expect(() => covariance(tf.zeros([1, 3]), { centred: true, ddof: 1 })).toThrow(
        'covariance: z, got float32 of shape [1,3], wanted float32 [N, D] with N >= 2',
      );
      expect(() => covariancePenalty(tf.zeros([0, 3]), { centred: true, ddof: 0, form: 'auto' })).toThrow(
        'covariancePenalty: z, got float32 of shape [0,3], wanted float32 [N, D] with N >= 1',
      );
      expect(() => covariance(tf.zeros([3, 3]), { centred: true, ddof: 0.5 })).toThrow('covariance: ddof, got 0.5');
      expect(() => standardise(tf.zeros([2, 2]), 0)).toThrow('standardise: eps, got 0');
      expect(() => redundancy(tf.zeros([2, 3]), tf.zeros([2, 4]), { eps, form: 'auto' })).toThrow(
        'redundancy: b, got shape [2,4], wanted [2,3] as a',
      );
    });
  });
});
