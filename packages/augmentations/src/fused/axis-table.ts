import { bilinearWeights } from '../functional/resample.js';

/** How an axis is resampled, as the kernels read it: `size` records of `record` bytes: first input and count (int32), weights (float64). */
export interface AxisTable {
  readonly values: Float64Array;
  readonly record: number;
}

/** The tables of one axis, from `length` inputs to `size` outputs, made once for each length. */
export function axisTables(size: number, antialias: boolean): (length: number) => AxisTable {
  const known = new Map<number, AxisTable>();
  return (length) => {
    let table = known.get(length);
    if (table === undefined) known.set(length, (table = axisTable(length, size, antialias)));
    return table;
  };
}

/** Float64 values in the largest table of an axis of at most `length` inputs. */
export function largestTable(length: number, size: number): number {
  return size * (2 + 2 * Math.ceil(Math.max(length / size, 1)));
}

function axisTable(length: number, size: number, antialias: boolean): AxisTable {
  const { starts, counts, weights, stride } = bilinearWeights(length, size, antialias);
  const values = new Float64Array(size * (1 + stride));
  const integers = new Int32Array(values.buffer);
  for (let i = 0; i < size; i++) {
    const at = i * (1 + stride);
    integers[2 * at] = starts[i];
    integers[2 * at + 1] = counts[i];
    values.set(weights.subarray(i * stride, (i + 1) * stride), at + 1);
  }
  return { values, record: 8 * (1 + stride) };
}
