/** What a tile does with its results: add what the destination holds, add a bias per column, clamp below at 0, clamp above at 6. */
export const ADD: i32 = 1;
export const BIAS: i32 = 2;
export const RELU: i32 = 4;
export const SIX: i32 = 8;

/** Writes the first `cols` columns of a tile that was spilled to memory: the right edge of a matrix. */
export function storeEdge(
  destination: usize,
  column: usize,
  rows: i32,
  cols: i32,
  flags: i32,
  bias: usize,
  spill: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const d = <usize>load<u32>(destination + ((<usize>i) << 2)) + column;
    for (let j = 0; j < cols; j++) {
      const at = (<usize>j) << 2;
      let value = load<f32>(spill + at);
      if (flags & ADD) value += load<f32>(d + at);
      if (flags & BIAS) value += load<f32>(bias + column + at);
      if (flags & RELU) value = value < 0 ? 0 : value;
      if (flags & SIX) value = value > 6 ? 6 : value;
      store<f32>(d + at, value);
    }
    spill += 32;
  }
}
