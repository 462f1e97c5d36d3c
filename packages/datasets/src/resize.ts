/** One image, row-major, channels last, 0..255. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * The largest centred square of a picture as `size * size` pixels.
 *
 * Linear interpolation whose triangle widens with the reduction, so that fine detail is averaged and not skipped. Sums run in double precision
 * with + - * / alone: the same bytes everywhere. A picture of that size already is returned as it is.
 */
export function squareResize(picture: Picture, size: number): Picture {
  const { width, height, channels } = picture;
  if (width === size && height === size) return picture;
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const taps = triangleTaps(side, size);
  // Columns first: [side, size, channels].
  const narrow = new Float64Array(side * size * channels);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < size; x++) {
      const { first, weights } = taps[x];
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k] * picture.data[((top + y) * width + left + first + k) * channels + channel];
        }
        narrow[(y * size + x) * channels + channel] = sum;
      }
    }
  }
  const data = new Uint8Array(size * size * channels);
  for (let y = 0; y < size; y++) {
    const { first, weights } = taps[y];
    for (let i = 0; i < size * channels; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * narrow[(first + k) * size * channels + i];
      data[y * size * channels + i] = Math.floor(sum + 0.5);
    }
  }
  return { data, width: size, height: size, channels };
}

interface Taps {
  readonly first: number;
  /** They sum to 1. */
  readonly weights: Float64Array;
}

/** For each of `to` places, which of `from` samples it averages. */
function triangleTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - reach + 0.5));
    const end = Math.min(from, Math.floor(middle + reach + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - middle) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
