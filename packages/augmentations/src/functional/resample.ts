/**
 * How one axis is resampled: output i is the sum of `counts[i]` inputs from `starts[i]` on, weighted by `weights[i * stride + k]`.
 */
export interface AxisWeights {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float64Array;
  readonly stride: number;
}

/**
 * Bilinear weights from `length` inputs to `size` outputs, half-pixel centres (align_corners false).
 *
 *     plain:      between the inputs beside (i + 1/2) length / size - 1/2, the border repeated
 *     antialias:  when shrinking, a triangle as wide as one output pixel on either side, normalised where the border cuts it
 *
 * An input that would have weight 0 is left out, so that a copy is a copy even beside a NaN.
 */
export function bilinearWeights(length: number, size: number, antialias: boolean): AxisWeights {
  return antialias && length > size ? triangleWeights(length, size) : neighbourWeights(length, size);
}

function neighbourWeights(length: number, size: number): AxisWeights {
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Float64Array(size * 2);
  const scale = length / size;
  for (let i = 0; i < size; i++) {
    const at = Math.max(0, scale * (i + 0.5) - 0.5);
    const start = Math.floor(at);
    const share = at - start;
    const two = start + 1 < length && share > 0;
    starts[i] = start;
    counts[i] = two ? 2 : 1;
    weights[2 * i] = two ? 1 - share : 1;
    weights[2 * i + 1] = share;
  }
  return { starts, counts, weights, stride: 2 };
}

function triangleWeights(length: number, size: number): AxisWeights {
  const scale = length / size;
  const stride = 2 * Math.ceil(scale) + 1;
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Float64Array(size * stride);
  for (let i = 0; i < size; i++) {
    const centre = scale * (i + 0.5);
    const start = Math.max(0, Math.trunc(centre - scale + 0.5));
    const end = Math.min(length, Math.trunc(centre + scale + 0.5));
    let total = 0;
    for (let j = start; j < end; j++) {
      const weight = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / scale));
      weights[i * stride + j - start] = weight;
      total += weight;
    }
    for (let k = 0; k < end - start; k++) weights[i * stride + k] /= total;
    starts[i] = start;
    counts[i] = end - start;
  }
  return { starts, counts, weights, stride };
}
