/** A float64 array with a shape, row-major: what references compute on. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Arrays = Readonly<Record<string, Array64>>;

/** A scalar, shape `[]`. */
export function scalar64(value: number): Array64 {
  return { shape: [], data: Float64Array.of(value) };
}

export function zeros64(...shape: readonly number[]): Array64 {
  return { shape, data: new Float64Array(shape.reduce((product, size) => product * size, 1)) };
}

/** Rows and columns of an array seen as a matrix: all axes but the last are rows. */
export function rowsAndColumns({ shape, data }: Array64): readonly [rows: number, columns: number] {
  const columns = shape[shape.length - 1];
  return [data.length / columns, columns];
}
