/**
 * The arithmetic of the colour operations, in place on one image of a larger array.
 *
 * All take the array, the index of the image's first value, its number of pixels and its channels (1 or 3). Everything is computed in
 * float64 and rounded to float32 once. A NaN stays NaN.
 */

/** Weights of red, green and blue in a gray value. */
const red = 0.2989;
const green = 0.587;
const blue = 0.114;

/** `clamp(factor * v)`: a blend with black. */
export function brightnessKernel(
  data: Float32Array,
  from: number,
  pixels: number,
  channels: number,
  factor: number,
): void {
  for (let i = from, end = from + pixels * channels; i < end; i++) data[i] = clamped(factor * data[i]);
}

/** `clamp(factor * v + (1 - factor) * mean)`: a blend with the mean gray value of the image. */
export function contrastKernel(
  data: Float32Array,
  from: number,
  pixels: number,
  channels: number,
  factor: number,
): void {
  const end = from + pixels * channels;
  let sum = 0;
  if (channels === 3) {
    for (let i = from; i < end; i += 3) sum += red * data[i] + green * data[i + 1] + blue * data[i + 2];
  } else {
    for (let i = from; i < end; i++) sum += data[i];
  }
  const rest = ((1 - factor) * sum) / pixels;
  for (let i = from; i < end; i++) data[i] = clamped(factor * data[i] + rest);
}

/** `clamp(factor * v + (1 - factor) * gray)`: a blend of each pixel with its own gray value. Leaves gray images as they are. */
export function saturationKernel(
  data: Float32Array,
  from: number,
  pixels: number,
  channels: number,
  factor: number,
): void {
  if (channels === 1) return;
  for (let i = from, end = from + pixels * 3; i < end; i += 3) {
    const rest = (1 - factor) * (red * data[i] + green * data[i + 1] + blue * data[i + 2]);
    data[i] = clamped(factor * data[i] + rest);
    data[i + 1] = clamped(factor * data[i + 1] + rest);
    data[i + 2] = clamped(factor * data[i + 2] + rest);
  }
}

/**
 * Turns the hue by `shift` of the circle, -0.5 to 0.5; value and saturation stay. Leaves gray images as they are.
 *
 * RGB to HSV and back in one step: the largest and smallest of the three channels stay the extremes, and only which channel has them,
 * and where the third lies between, follows from the hue.
 */
export function hueKernel(data: Float32Array, from: number, pixels: number, channels: number, shift: number): void {
  if (channels === 1) return;
  const turn = sixths(shift);
  for (let i = from, end = from + pixels * 3; i < end; i += 3) {
    const r = data[i];
    const g = data[i + 1];
    const b = data[i + 2];
    // All three: a hue cannot be half unknown, and comparisons would overlook it.
    if (Number.isNaN(r + g + b)) {
      data[i] = data[i + 1] = data[i + 2] = NaN;
      continue;
    }
    const high = r > g ? (r > b ? r : b) : g > b ? g : b;
    const low = r < g ? (r < b ? r : b) : g < b ? g : b;
    const range = high - low;
    const unit = range === 0 ? 1 : range;
    let hue = turn + (high === r ? (g - b) / unit : high === g ? 2 + (b - r) / unit : 4 + (r - g) / unit);
    if (hue >= 6) hue -= 6;
    if (hue < 0) hue += 6;
    // A channel is high within a sixth of the circle around its own hue, low beyond two sixths, and falls in between.
    data[i] = low + range * clamped(Math.abs(hue - 3) - 1);
    data[i + 1] = low + range * clamped(2 - Math.abs(hue - 2));
    data[i + 2] = low + range * clamped(2 - Math.abs(hue - 4));
  }
}

/** A share of the circle, -0.5 to 0.5, in sixths of it and positive. */
export function sixths(shift: number): number {
  return 6 * (shift < 0 ? shift + 1 : shift);
}

/** Gray in all three channels: `0.2989 R + 0.587 G + 0.114 B`. Leaves gray images as they are. */
export function grayscaleKernel(data: Float32Array, from: number, pixels: number, channels: number): void {
  if (channels === 1) return;
  for (let i = from, end = from + pixels * 3; i < end; i += 3) {
    data[i] = data[i + 1] = data[i + 2] = grayOf(data, i);
  }
}

/** The gray value of the RGB pixel at `i`. */
export function grayOf(data: Float32Array, i: number): number {
  return red * data[i] + green * data[i + 1] + blue * data[i + 2];
}

/** `1 - v` from the threshold on. */
export function solariseKernel(data: Float32Array, from: number, values: number, threshold: number): void {
  for (let i = from, end = from + values; i < end; i++) if (data[i] >= threshold) data[i] = 1 - data[i];
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
