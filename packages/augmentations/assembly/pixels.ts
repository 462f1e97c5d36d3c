import { load2, store2 } from './lanes';

/** `values` bytes, 0 to 255, as float32 in [0, 1]. Reads and writes up to a multiple of four. */
export function unpackBytes(source: usize, target: usize, values: i32): void {
  const scale = f32x4.splat(255);
  for (let i: usize = 0, end = <usize>values; i < end; i += 4) {
    const words = i16x8.extend_low_i8x16_u(v128.load32_zero(source + i));
    v128.store(target + 4 * i, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)), scale));
  }
}

/** `(v - mean) / std` of one plane. */
export function normalise(at: usize, pixels: i32, mean: f64, std: f64): void {
  const means = f64x2.splat(mean);
  const stds = f64x2.splat(std);
  for (const end = at + 4 * <usize>pixels; at < end; at += 8) {
    store2(at, f64x2.div(f64x2.sub(load2(at), means), stds));
  }
}

/** Planes to interleaved channels. Three planes are written up to a multiple of four pixels. */
export function pack(planes: usize, plane: usize, channels: i32, pixels: i32, target: usize): void {
  const bytes = <usize>pixels * 4;
  if (channels == 1) {
    memory.copy(target, planes, bytes);
    return;
  }
  for (let at: usize = 0; at < bytes; at += 16) {
    const r = v128.load(planes + at);
    const g = v128.load(planes + plane + at);
    const b = v128.load(planes + 2 * plane + at);
    const redGreen = i32x4.shuffle(r, g, 0, 4, 1, 5);
    const redGreenHigh = i32x4.shuffle(r, g, 2, 6, 3, 7);
    const out = target + 3 * at;
    v128.store(out, i32x4.shuffle(redGreen, b, 0, 1, 4, 2));
    v128.store(out, i32x4.shuffle(i32x4.shuffle(redGreen, b, 3, 5, 3, 5), redGreenHigh, 0, 1, 4, 5), 16);
    v128.store(out, i32x4.shuffle(redGreenHigh, b, 6, 2, 3, 7), 32);
  }
}
