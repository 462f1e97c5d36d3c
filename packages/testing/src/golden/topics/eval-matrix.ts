import { matrix, type Matrix } from '@jembench/eval';
import type { CaseReader } from '../case-reader.js';

/** An input array as a float64 matrix: its last axis is the columns, all others together the rows. */
export function inputMatrix(reader: CaseReader, key: string): Matrix {
  const { data, shape } = reader.input(key);
  const columns = shape[shape.length - 1];
  return matrix(data, data.length / columns, columns);
}
