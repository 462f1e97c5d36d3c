import { gemmScratch, gemmStrided } from './gemm';
import { softmaxGradientRows, softmaxRows } from './rows';

// Rows of q, k, v and the output hold all heads side by side, `size` floats each; a row is `pitch` bytes from the next, so that the three may
// also be parts of one tensor. Nothing is transposed or copied.

/** Bytes of scratch for the functions of this file. */
export function attentionScratch(queries: i32, keys: i32, size: i32): i32 {
  return queries * keys * 4 + max(max(gemmScratch(keys, size), gemmScratch(size, keys)), gemmScratch(size, queries));
}

/** weights[b, h] = softmax(scale q k^T), out = weights v. */
export function attention(
  q: usize,
  k: usize,
  v: usize,
  pitch: usize,
  out: usize,
  weights: usize,
  batch: i32,
  heads: i32,
  queries: i32,
  keys: i32,
  size: i32,
  scale: f32,
  scratch: usize,
): void {
  const outPitch = (<usize>(heads * size)) << 2;
  const bytes = (<usize>(queries * keys)) << 2;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const head = (<usize>(h * size)) << 2;
      gemmStrided(q + head, pitch, k + head, pitch, weights, keys << 2, queries, keys, size, 0, 1, 0, 0, scratch);
      softmaxRows(weights, weights, queries, keys, scale);
      gemmStrided(weights, keys << 2, v + head, pitch, out + head, outPitch, queries, size, keys, 0, 0, 0, 0, scratch);
      weights += bytes;
    }
    q += <usize>queries * pitch;
    k += <usize>keys * pitch;
    v += <usize>keys * pitch;
    out += <usize>queries * outPitch;
  }
}

/** The gradients by q, k and v, whose rows are as far apart as those of q, k and v. */
export function attentionGradient(
  q: usize,
  k: usize,
  v: usize,
  pitch: usize,
  weights: usize,
  dout: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  batch: i32,
  heads: i32,
  queries: i32,
  keys: i32,
  size: i32,
  scale: f32,
  scratch: usize,
): void {
  const outPitch = (<usize>(heads * size)) << 2;
  const bytes = (<usize>(queries * keys)) << 2;
  const row = (<usize>keys) << 2;
  const dweights = scratch;
  const rest = scratch + bytes;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const head = (<usize>(h * size)) << 2;
      gemmStrided(weights, row, dout + head, outPitch, dv + head, pitch, keys, size, queries, 1, 0, 0, 0, rest);
      gemmStrided(dout + head, outPitch, v + head, pitch, dweights, row, queries, keys, size, 0, 1, 0, 0, rest);
      softmaxGradientRows(weights, dweights, dweights, queries, keys, scale);
      gemmStrided(dweights, row, k + head, pitch, dq + head, pitch, queries, size, keys, 0, 0, 0, 0, rest);
      gemmStrided(dweights, row, q + head, pitch, dk + head, pitch, keys, size, queries, 1, 0, 0, 0, rest);
      weights += bytes;
    }
    q += <usize>queries * pitch;
    dq += <usize>queries * pitch;
    k += <usize>keys * pitch;
    dk += <usize>keys * pitch;
    v += <usize>keys * pitch;
    dv += <usize>keys * pitch;
    dout += <usize>queries * outPitch;
  }
}
