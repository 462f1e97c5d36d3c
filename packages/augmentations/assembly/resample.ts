import { store2 } from './lanes';

/*
 * An axis is a table of records of `record` bytes, one an output: the first input (int32), how many (int32), their weights (float64).
 */

/**
 * The rows of a crop, resampled to `size` pixels and mirrored where `flip` is 1.
 *
 * From `height` rows of interleaved float32, `stride` bytes apart, to one plane a channel of float64, its rows `rowBytes` apart and as
 * many in a plane.
 */
export function resampleRows(
  source: usize,
  stride: usize,
  height: i32,
  channels: i32,
  axis: usize,
  record: usize,
  size: i32,
  flip: i32,
  target: usize,
  rowBytes: usize,
): void {
  const pixel = <usize>channels * 4;
  const plane = rowBytes * <usize>height;
  const first: usize = flip ? <usize>(size - 1) * 8 : 0;
  const step = <usize>(flip ? -8 : 8);
  for (let y = 0; y < height; y++) {
    let entry = axis;
    let out = target + first;
    for (let x = 0; x < size; x++) {
      const from = source + pixel * load<u32>(entry);
      const count = load<i32>(entry, 4);
      if (count == 2 && channels == 3) {
        const a = load<f64>(entry, 8);
        const b = load<f64>(entry, 16);
        store<f64>(out, a * load<f32>(from) + b * load<f32>(from, 12));
        store<f64>(out + plane, a * load<f32>(from, 4) + b * load<f32>(from, 16));
        store<f64>(out + 2 * plane, a * load<f32>(from, 8) + b * load<f32>(from, 20));
      } else {
        for (let c: usize = 0; c < <usize>channels; c++) {
          store<f64>(out + c * plane, weighted(from + 4 * c, pixel, entry + 8, count));
        }
      }
      entry += record;
      out += step;
    }
    source += stride;
    target += rowBytes;
  }
}

function weighted(from: usize, pixel: usize, weights: usize, count: i32): f64 {
  let sum = load<f64>(weights) * load<f32>(from);
  for (let k = 1; k < count; k++) {
    from += pixel;
    weights += 8;
    sum += load<f64>(weights) * load<f32>(from);
  }
  return sum;
}

/** The columns of what `resampleRows` left, `height` rows a plane: `size` rows of `width` float32, one after another. */
export function resampleColumns(
  source: usize,
  rowBytes: usize,
  height: i32,
  channels: i32,
  axis: usize,
  record: usize,
  size: i32,
  width: i32,
  target: usize,
  plane: usize,
): void {
  for (let c = 0; c < channels; c++) {
    let entry = axis;
    let out = target;
    for (let y = 0; y < size; y++) {
      columns(source + rowBytes * load<u32>(entry), rowBytes, load<i32>(entry, 4), entry + 8, width, out);
      entry += record;
      out += 4 * <usize>width;
    }
    source += rowBytes * <usize>height;
    target += plane;
  }
}

/** The weighted sum of `count` rows of float64. */
function columns(from: usize, rowBytes: usize, count: i32, weights: usize, width: i32, out: usize): void {
  const first = v128.load64_splat(weights);
  const bytes = <usize>width * 8;
  if (count == 2) {
    const second = v128.load64_splat(weights + 8);
    for (let i: usize = 0; i < bytes; i += 16) {
      const a = f64x2.mul(first, v128.load(from + i));
      store2(out + (i >> 1), f64x2.add(a, f64x2.mul(second, v128.load(from + rowBytes + i))));
    }
    return;
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    let at = from + i;
    let sum = f64x2.mul(first, v128.load(at));
    for (let k = 1; k < count; k++) {
      at += rowBytes;
      sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weights + 8 * <usize>k), v128.load(at)));
    }
    store2(out + (i >> 1), sum);
  }
}
