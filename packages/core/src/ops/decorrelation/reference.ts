import { rowsAndColumns, type Array64 } from '../array64.js';
import { covarianceReference } from '../covariance/reference.js';

/** Float64 loops: the sum of the squares of what is not on the diagonal. */
export function offDiagonalSquaresReference(c: Array64): number {
  const [, D] = rowsAndColumns(c);
  let sum = 0;
  for (let j = 0; j < D; j++) {
    for (let k = 0; k < D; k++) if (j !== k) sum += c.data[j * D + k] ** 2;
  }
  return sum;
}

export function offDiagonalPenaltyReference(z: Array64, centred: boolean, ddof: number): number {
  return offDiagonalSquaresReference(covarianceReference(z, centred, ddof));
}
