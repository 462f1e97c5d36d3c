import { madd } from './simd';

/** Floats of a block of rows: it is read twice from the first-level cache, once from memory. */
const BLOCK: i32 = 4096;

function blockRows(channels: i32): i32 {
  return max(16, BLOCK / max(channels, 1));
}

/** Bytes of scratch for the functions of this file. */
export function batchNormScratch(channels: i32): i32 {
  return channels * 32 + 64;
}

// Sums run over a block of rows in float32 and over the blocks in float64: their error does not grow with the batch.

/** Adds the statistics of a block to those of the `before` rows so far (Chan, Golub and LeVeque). `mean` and `squares` hold float64. */
function combine(mean: usize, squares: usize, c: i32, before: i32, rows: i32, blockMean: f64, blockSquares: f64): void {
  const at = (<usize>c) << 3;
  const total = <f64>(before + rows);
  const delta = blockMean - load<f64>(mean + at);
  store<f64>(mean + at, load<f64>(mean + at) + delta * (<f64>rows / total));
  store<f64>(
    squares + at,
    load<f64>(squares + at) + blockSquares + delta * delta * (<f64>before * (<f64>rows / total)),
  );
}

function combineLanes(
  mean: usize,
  squares: usize,
  c: i32,
  before: i32,
  rows: i32,
  origin: v128,
  shift: v128,
  blockSquares: v128,
): void {
  const n = <f64>rows;
  combine(
    mean,
    squares,
    c,
    before,
    rows,
    <f64>f32x4.extract_lane(origin, 0) + <f64>f32x4.extract_lane(shift, 0) / n,
    <f64>f32x4.extract_lane(blockSquares, 0),
  );
  combine(
    mean,
    squares,
    c + 1,
    before,
    rows,
    <f64>f32x4.extract_lane(origin, 1) + <f64>f32x4.extract_lane(shift, 1) / n,
    <f64>f32x4.extract_lane(blockSquares, 1),
  );
  combine(
    mean,
    squares,
    c + 2,
    before,
    rows,
    <f64>f32x4.extract_lane(origin, 2) + <f64>f32x4.extract_lane(shift, 2) / n,
    <f64>f32x4.extract_lane(blockSquares, 2),
  );
  combine(
    mean,
    squares,
    c + 3,
    before,
    rows,
    <f64>f32x4.extract_lane(origin, 3) + <f64>f32x4.extract_lane(shift, 3) / n,
    <f64>f32x4.extract_lane(blockSquares, 3),
  );
}

/** Statistics of one block, 16 channels at a time. Distances are from the block's first row: a constant channel has variance 0 exactly. */
function blockStatistics(
  x: usize,
  pitch: usize,
  rows: i32,
  channels: i32,
  before: i32,
  mean: usize,
  squares: usize,
): void {
  const count = f32x4.splat(<f32>rows);
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    const from = x + ((<usize>c) << 2);
    const end = from + <usize>rows * pitch;
    const o0 = v128.load(from);
    const o1 = v128.load(from, 16);
    const o2 = v128.load(from, 32);
    const o3 = v128.load(from, 48);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let p = from; p < end; p += pitch) {
      s0 = f32x4.add(s0, f32x4.sub(v128.load(p), o0));
      s1 = f32x4.add(s1, f32x4.sub(v128.load(p, 16), o1));
      s2 = f32x4.add(s2, f32x4.sub(v128.load(p, 32), o2));
      s3 = f32x4.add(s3, f32x4.sub(v128.load(p, 48), o3));
    }
    const m0 = f32x4.add(o0, f32x4.div(s0, count));
    const m1 = f32x4.add(o1, f32x4.div(s1, count));
    const m2 = f32x4.add(o2, f32x4.div(s2, count));
    const m3 = f32x4.add(o3, f32x4.div(s3, count));
    let q0 = f32x4.splat(0);
    let q1 = f32x4.splat(0);
    let q2 = f32x4.splat(0);
    let q3 = f32x4.splat(0);
    for (let p = from; p < end; p += pitch) {
      const d0 = f32x4.sub(v128.load(p), m0);
      const d1 = f32x4.sub(v128.load(p, 16), m1);
      const d2 = f32x4.sub(v128.load(p, 32), m2);
      const d3 = f32x4.sub(v128.load(p, 48), m3);
      q0 = madd(d0, d0, q0);
      q1 = madd(d1, d1, q1);
      q2 = madd(d2, d2, q2);
      q3 = madd(d3, d3, q3);
    }
    combineLanes(mean, squares, c, before, rows, o0, s0, q0);
    combineLanes(mean, squares, c + 4, before, rows, o1, s1, q1);
    combineLanes(mean, squares, c + 8, before, rows, o2, s2, q2);
    combineLanes(mean, squares, c + 12, before, rows, o3, s3, q3);
  }
  for (; c < channels; c++) {
    const from = x + ((<usize>c) << 2);
    const end = from + <usize>rows * pitch;
    const origin = load<f32>(from);
    let shift: f32 = 0;
    for (let p = from; p < end; p += pitch) shift += load<f32>(p) - origin;
    const blockMean: f32 = origin + shift / <f32>rows;
    let sum: f32 = 0;
    for (let p = from; p < end; p += pitch) {
      const d: f32 = load<f32>(p) - blockMean;
      sum += d * d;
    }
    combine(mean, squares, c, before, rows, <f64>origin + <f64>shift / <f64>rows, <f64>sum);
  }
}

/** mean[c] and biased variance[c] over `rows` rows of x[rows, channels]; one pass over memory. */
export function batchStatistics(
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  variance: usize,
  scratch: usize,
): void {
  const pitch = (<usize>channels) << 2;
  const squares = scratch + ((<usize>channels) << 3);
  memory.fill(scratch, 0, (<usize>channels) << 4);
  const step = blockRows(channels);
  for (let r = 0; r < rows; r += step) {
    blockStatistics(x + <usize>r * pitch, pitch, min(step, rows - r), channels, r, scratch, squares);
  }
  for (let c = 0; c < channels; c++) {
    store<f32>(mean + ((<usize>c) << 2), <f32>load<f64>(scratch + ((<usize>c) << 3)));
    store<f32>(variance + ((<usize>c) << 2), <f32>(load<f64>(squares + ((<usize>c) << 3)) / <f64>rows));
  }
}

/** scale[c] = gamma[c] / sqrt(variance[c] + epsilon). */
function writeScale(variance: usize, gamma: usize, epsilon: f64, channels: i32, scale: usize): void {
  for (let c = 0; c < channels; c++) {
    const at = (<usize>c) << 2;
    store<f32>(scale + at, <f32>(<f64>load<f32>(gamma + at) / Math.sqrt(<f64>load<f32>(variance + at) + epsilon)));
  }
}

/** y = (x - mean) scale + beta, clamped below at 0 if `relu`. */
export function batchNormalise(
  x: usize,
  y: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  epsilon: f64,
  relu: i32,
  scratch: usize,
): void {
  const bytes = (<usize>channels) << 2;
  const scale = scratch;
  const shift = scratch + bytes;
  writeScale(variance, gamma, epsilon, channels, scale);
  memory.copy(shift, beta, bytes);
  for (let r = 0; r < rows; r++) {
    normaliseRow(x, y, channels, mean, scale, shift, relu);
    x += bytes;
    y += bytes;
  }
}

function normaliseRow(x: usize, y: usize, channels: i32, mean: usize, scale: usize, shift: usize, relu: i32): void {
  const zero = f32x4.splat(0);
  const bytes = (<usize>channels) << 2;
  const vectors = bytes & ~15;
  let at: usize = 0;
  if (relu) {
    for (; at < vectors; at += 16) {
      const value = madd(
        f32x4.sub(v128.load(x + at), v128.load(mean + at)),
        v128.load(scale + at),
        v128.load(shift + at),
      );
      v128.store(y + at, f32x4.pmax(value, zero));
    }
  } else {
    for (; at < vectors; at += 16) {
      v128.store(
        y + at,
        madd(f32x4.sub(v128.load(x + at), v128.load(mean + at)), v128.load(scale + at), v128.load(shift + at)),
      );
    }
  }
  for (; at < bytes; at += 4) {
    const value = normalised(x + at, mean + at, scale + at, shift + at);
    store<f32>(y + at, relu && value < 0 ? 0 : value);
  }
}

/** One lane of the vector loop: the same operations, so that forward and gradient see the same sign. */
function normalised(x: usize, mean: usize, scale: usize, shift: usize): f32 {
  const distance = f32x4.splat(load<f32>(x) - load<f32>(mean));
  return f32x4.extract_lane(madd(distance, f32x4.splat(load<f32>(scale)), f32x4.splat(load<f32>(shift))), 0);
}

/** dy where the clamped output was positive. NaN counts as positive: it must not vanish. */
function gate(dy: v128, distance: v128, scale: usize, shift: usize): v128 {
  return v128.andnot(dy, f32x4.le(madd(distance, v128.load(scale), v128.load(shift)), f32x4.splat(0)));
}

/** sums[c] += dy, products[c] += dy (x - mean), over a block of rows. */
function blockGradientSums(
  x: usize,
  dy: usize,
  pitch: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  scale: usize,
  shift: usize,
  relu: i32,
  sums: usize,
  products: usize,
): void {
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const at = (<usize>c) << 2;
    const m0 = v128.load(mean + at);
    const m1 = v128.load(mean + at, 16);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let p0 = f32x4.splat(0);
    let p1 = f32x4.splat(0);
    let fromX = x + at;
    let fromDy = dy + at;
    const end = fromX + <usize>rows * pitch;
    if (relu) {
      const k0 = v128.load(scale + at);
      const k1 = v128.load(scale + at, 16);
      const b0 = v128.load(shift + at);
      const b1 = v128.load(shift + at, 16);
      const zero = f32x4.splat(0);
      for (; fromX < end; fromX += pitch) {
        const d0 = f32x4.sub(v128.load(fromX), m0);
        const d1 = f32x4.sub(v128.load(fromX, 16), m1);
        const g0 = v128.andnot(v128.load(fromDy), f32x4.le(madd(d0, k0, b0), zero));
        const g1 = v128.andnot(v128.load(fromDy, 16), f32x4.le(madd(d1, k1, b1), zero));
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        p0 = madd(g0, d0, p0);
        p1 = madd(g1, d1, p1);
        fromDy += pitch;
      }
    } else {
      for (; fromX < end; fromX += pitch) {
        const g0 = v128.load(fromDy);
        const g1 = v128.load(fromDy, 16);
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        p0 = madd(g0, f32x4.sub(v128.load(fromX), m0), p0);
        p1 = madd(g1, f32x4.sub(v128.load(fromX, 16), m1), p1);
        fromDy += pitch;
      }
    }
    addLanes(sums, c, s0);
    addLanes(sums, c + 4, s1);
    addLanes(products, c, p0);
    addLanes(products, c + 4, p1);
  }
  for (; c < channels; c++) {
    const at = (<usize>c) << 2;
    let sum: f32 = 0;
    let product: f32 = 0;
    for (let r = 0; r < rows; r++) {
      const row = at + <usize>r * pitch;
      if (relu && normalised(x + row, mean + at, scale + at, shift + at) <= 0) continue;
      const g = load<f32>(dy + row);
      sum += g;
      product += g * (load<f32>(x + row) - load<f32>(mean + at));
    }
    addDouble(sums, c, sum);
    addDouble(products, c, product);
  }
}

function addDouble(to: usize, c: i32, value: f32): void {
  const at = to + ((<usize>c) << 3);
  store<f64>(at, load<f64>(at) + <f64>value);
}

function addLanes(to: usize, c: i32, value: v128): void {
  addDouble(to, c, f32x4.extract_lane(value, 0));
  addDouble(to, c + 1, f32x4.extract_lane(value, 1));
  addDouble(to, c + 2, f32x4.extract_lane(value, 2));
  addDouble(to, c + 3, f32x4.extract_lane(value, 3));
}

/**
 * The gradients of y = gamma (x - mean) / sqrt(variance + epsilon) + beta (clamped below at 0 if `relu`), and of mean and variance
 * themselves, by dy, dmean and dvariance:
 * with g = dy where y was not clamped, n rows, xhat = (x - mean) / sqrt(variance + epsilon):
 *     dbeta = sum g,  dgamma = sum g xhat,
 *     dx = scale (g - dbeta / n - xhat dgamma / n) + dmean / n + 2 dvariance (x - mean) / n.
 */
export function batchNormGradient(
  x: usize,
  dy: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  dmean: usize,
  dvariance: usize,
  epsilon: f64,
  relu: i32,
  scratch: usize,
): void {
  const bytes = (<usize>channels) << 2;
  const sums = scratch;
  const products = sums + 2 * bytes;
  const scale = products + 2 * bytes;
  const shift = scale + bytes;
  const constant = shift + bytes;
  const slope = constant + bytes;
  writeScale(variance, gamma, epsilon, channels, scale);
  memory.copy(shift, beta, bytes);
  memory.fill(sums, 0, 4 * bytes);

  const step = max(blockRows(channels) / 2, 16);
  for (let r = 0; r < rows; r += step) {
    const at = <usize>r * bytes;
    blockGradientSums(x + at, dy + at, bytes, min(step, rows - r), channels, mean, scale, shift, relu, sums, products);
  }
  const n = <f64>rows;
  for (let c = 0; c < channels; c++) {
    const at = (<usize>c) << 2;
    const sum = load<f64>(sums + 2 * at);
    const product = load<f64>(products + 2 * at);
    const rate = 1.0 / Math.sqrt(<f64>load<f32>(variance + at) + epsilon);
    const k = <f64>load<f32>(scale + at);
    store<f32>(dbeta + at, <f32>sum);
    store<f32>(dgamma + at, <f32>(product * rate));
    store<f32>(constant + at, <f32>((<f64>load<f32>(dmean + at) - k * sum) / n));
    store<f32>(slope + at, <f32>((2 * <f64>load<f32>(dvariance + at) - k * product * rate * rate) / n));
  }
  for (let r = 0; r < rows; r++) {
    gradientRow(x, dy, dx, bytes, mean, scale, shift, constant, slope, relu);
    x += bytes;
    dy += bytes;
    dx += bytes;
  }
}

/** dx = scale g + slope (x - mean) + constant. */
function gradientRow(
  x: usize,
  dy: usize,
  dx: usize,
  bytes: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  constant: usize,
  slope: usize,
  relu: i32,
): void {
  const vectors = bytes & ~15;
  let at: usize = 0;
  if (relu) {
    for (; at < vectors; at += 16) {
      const distance = f32x4.sub(v128.load(x + at), v128.load(mean + at));
      const g = gate(v128.load(dy + at), distance, scale + at, shift + at);
      v128.store(
        dx + at,
        madd(g, v128.load(scale + at), madd(distance, v128.load(slope + at), v128.load(constant + at))),
      );
    }
  } else {
    for (; at < vectors; at += 16) {
      const distance = f32x4.sub(v128.load(x + at), v128.load(mean + at));
      v128.store(
        dx + at,
        madd(
          v128.load(dy + at),
          v128.load(scale + at),
          madd(distance, v128.load(slope + at), v128.load(constant + at)),
        ),
      );
    }
  }
  for (; at < bytes; at += 4) {
    const distance: f32 = load<f32>(x + at) - load<f32>(mean + at);
    const g: f32 = relu && normalised(x + at, mean + at, scale + at, shift + at) <= 0 ? 0 : load<f32>(dy + at);
    const rest: f32 = distance * load<f32>(slope + at) + load<f32>(constant + at);
    store<f32>(dx + at, g * load<f32>(scale + at) + rest);
  }
}
