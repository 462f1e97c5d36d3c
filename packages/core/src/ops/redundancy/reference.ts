import { type Array64, zeros64 } from '../array64.js';
import { crossCorrelationReference } from '../cross-correlation/reference.js';
import { offDiagonalSquaresReference } from '../decorrelation/reference.js';

/** Float64 loops: the diagonal of the cross-correlation matrix and the sum of squares of the rest. */
export function redundancyReference(a: Array64, b: Array64, eps: number): { diagonal: Array64; offDiagonal: number } {
  const c = crossCorrelationReference(a, b, eps);
  const D = c.shape[0];
  const diagonal = zeros64(D);
  for (let j = 0; j < D; j++) diagonal.data[j] = c.data[j * D + j];
  return { diagonal, offDiagonal: offDiagonalSquaresReference(c) };
}
