import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import type { Rows } from '@jembench/harness';
import { barlowTwinsLoss, covariancePenalty, sinkhornAssignment } from './references.js';

function random(name: string, rows: number, columns: number): Rows {
  const stream = rootStream(3).fork(name);
  return { data: Float64Array.from({ length: rows * columns }, () => stream.normal()), rows, columns };
}

/** `f` with one number moved by `h`. */
function slope(z: Rows, index: number, f: (moved: Rows) => number, h = 1e-5): number {
  const moved = (by: number): Rows => ({ ...z, data: z.data.map((value, i) => (i === index ? value + by : value)) });
  return (f(moved(h)) - f(moved(-h))) / (2 * h);
}

/** The definition, loop by loop. */
function penaltyByLoops({ data, rows: N, columns: D }: Rows): number {
  const mean = (j: number): number => Array.from({ length: N }, (_, n) => data[n * D + j]).reduce((a, b) => a + b) / N;
  const means = Array.from({ length: D }, (_, j) => mean(j));
  let total = 0;
  for (let j = 0; j < D; j++) {
    for (let k = 0; k < D; k++) {
      let c = 0;
      for (let n = 0; n < N; n++) c += ((data[n * D + j] - means[j]) * (data[n * D + k] - means[k])) / (N - 1);
      if (j !== k) total += (c * c) / D;
    }
  }
  return total;
}

describe('covariancePenalty', () => {
  it('is 2 (1/2)^2 / 2 for two dimensions with covariance 1/2', () => {
    // Rows (1, 1), (-1, 0), (0, -1): variances 1, covariance 1/2.
    const z = { data: Float64Array.from([1, 1, -1, 0, 0, -1]), rows: 3, columns: 2 };
    expect(covariancePenalty(z).total).toBeCloseTo(0.25, 14);
  });

  it.each([
    [5, 9],
    [9, 5],
    [6, 6],
  ])('agrees with the definition and its finite differences at %d x %d', (N, D) => {
    const z = random('z', N, D);
    const { total, gradient } = covariancePenalty(z);
    expect(total).toBeCloseTo(penaltyByLoops(z), 12);
    for (const i of [0, 7, N * D - 1]) expect(gradient[i]).toBeCloseTo(slope(z, i, penaltyByLoops), 7);
  });
});

describe('barlowTwinsLoss', () => {
  /** The definition, loop by loop. */
  function loops(a: Rows, b: Rows): number {
    const { rows: N, columns: D } = a;
    const column = (z: Rows, j: number): number[] => {
      const values = Array.from({ length: N }, (_, n) => z.data[n * D + j]);
      const mean = values.reduce((x, y) => x + y) / N;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N;
      return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
    };
    let total = 0;
    for (let j = 0; j < D; j++) {
      for (let k = 0; k < D; k++) {
        const [x, y] = [column(a, j), column(b, k)];
        const c = x.reduce((sum, value, n) => sum + value * y[n], 0) / N;
        total += j === k ? (c - 1) ** 2 : 0.0051 * c * c;
      }
    }
    return total;
  }

  it.each([
    [6, 4],
    [4, 7],
  ])('agrees with the definition and its finite differences at %d x %d', (N, D) => {
    const [a, b] = [random('a', N, D), random('b', N, D)];
    const { total, gradientA, gradientB } = barlowTwinsLoss(a, b, 0.0051, 1e-5);
    expect(total).toBeCloseTo(loops(a, b), 12);
    for (const i of [0, 5, N * D - 1]) {
      expect(gradientA[i]).toBeCloseTo(
        slope(a, i, (moved) => loops(moved, b)),
        7,
      );
      expect(gradientB[i]).toBeCloseTo(
        slope(b, i, (moved) => loops(a, moved)),
        7,
      );
    }
  });
});

describe('sinkhornAssignment', () => {
  it('shares every sample over all prototypes and uses them equally in the end', () => {
    const [N, K] = [6, 3];
    const q = sinkhornAssignment(random('s', N, K), 0.5, 200);
    for (let n = 0; n < N; n++) expect(q[n * K] + q[n * K + 1] + q[n * K + 2]).toBeCloseTo(1, 12);
    for (let k = 0; k < K; k++) {
      expect(Array.from({ length: N }, (_, n) => q[n * K + k]).reduce((a, b) => a + b)).toBeCloseTo(N / K, 8);
    }
  });

  it('is uniform for equal scores, and follows a hand-computed step', () => {
    expect(Array.from(sinkhornAssignment({ data: new Float64Array(6), rows: 2, columns: 3 }, 0.05, 1))).toEqual(
      Array.from({ length: 6 }, () => expect.closeTo(1 / 3, 12) as number),
    );
    // exp(scores / eps) = [[2, 1], [1, 1]]: columns to 1 → [[2/3, 1/2], [1/3, 1/2]], rows to 1 → [[4/7, 3/7], [2/5, 3/5]].
    const q = sinkhornAssignment({ data: Float64Array.from([Math.log(2), 0, 0, 0]), rows: 2, columns: 2 }, 1, 1);
    [4 / 7, 3 / 7, 2 / 5, 3 / 5].forEach((wanted, i) => {
      expect(q[i]).toBeCloseTo(wanted, 12);
    });
  });
});
