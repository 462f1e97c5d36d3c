import { store2 } from './lanes';

/**
 * One plane of `height` rows of `width` blurred by `taps` weights, along its rows and then along its columns.
 *
 * `across` names the pixel that stands at each place of a row padded on both sides (int32, -1 for black), `down` likewise the row. Scratch:
 * `padded` for such a row and one value more, `rows` for `height` rows of float64, `rowBytes` apart.
 */
export function blur(
  plane: usize,
  height: i32,
  width: i32,
  weights: usize,
  taps: i32,
  across: usize,
  down: usize,
  padded: usize,
  rows: usize,
  rowBytes: usize,
): void {
  const places = <usize>(width + taps - 1) * 4;
  const bytes = <usize>width * 8;
  const kernelBytes = <usize>taps * 8;
  let source = plane;
  let target = rows;
  for (let y = 0; y < height; y++) {
    for (let i: usize = 0; i < places; i += 4) {
      const from = load<i32>(across + i);
      store<f64>(padded + 2 * i, from < 0 ? 0 : <f64>load<f32>(source + 4 * <usize>from));
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      let sum = f64x2.splat(0);
      for (let k: usize = 0; k < kernelBytes; k += 8) {
        sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights + k), v128.load(padded + i + k)));
      }
      v128.store(target + i, sum);
    }
    source += 4 * <usize>width;
    target += rowBytes;
  }
  target = plane;
  for (let y: usize = 0; y < <usize>height; y++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      let sum = f64x2.splat(0);
      for (let k: usize = 0; k < <usize>taps; k++) {
        const from = load<i32>(down + 4 * (y + k));
        if (from < 0) continue;
        sum = f64x2.add(
          sum,
          f64x2.mul(v128.load64_splat(weights + 8 * k), v128.load(rows + i + rowBytes * <usize>from)),
        );
      }
      store2(target + (i >> 1), sum);
    }
    target += 4 * <usize>width;
  }
}
