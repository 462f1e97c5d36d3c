import { InputError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../fixtures.js';
import { choleskyFactor, choleskyInverse } from './cholesky.js';
import { matrixOfRows } from './matrix.js';
import { gram, timesTransposed } from './products.js';

describe('choleskyInverse', () => {
  it('inverts a matrix by hand', () => {
    const inverse = choleskyInverse(choleskyFactor(matrixOfRows([[4, 2], [2, 3]]))); // prettier-ignore
    [3 / 8, -1 / 4, -1 / 4, 1 / 2].forEach((value, i) => {
      expect(inverse.data[i]).toBeCloseTo(value, 14);
    });
  });

  it('gives the identity with what it inverts', () => {
    const a = gram(gaussian(7, 40, 3));
    const identity = timesTransposed(choleskyInverse(choleskyFactor(a)), a).data;
    identity.forEach((value, p) => {
      expect(value).toBeCloseTo(p % 8 === 0 ? 1 : 0, 11);
    });
  });

  it('has no factor of an indefinite matrix', () => {
    expect(() => choleskyFactor(matrixOfRows([[1, 2], [2, 1]]))).toThrow(InputError); // prettier-ignore
  });
});
