import { clamp } from './distance.js';

/** Linear light, each channel in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * The colour of lightness `l` (0 black, 1 white) and of chroma `(a, b)` in Oklab, cut to what a screen shows.
 *
 * @see Ottosson, A perceptual color space for image processing, 2020: its inverse needs cubes only, so it is exact arithmetic.
 */
export function oklab(l: number, a: number, b: number): Colour {
  const p = l + 0.3963377774 * a + 0.2158037573 * b;
  const q = l - 0.1055613458 * a - 0.0638541728 * b;
  const r = l - 0.0894841775 * a - 1.291485548 * b;
  const long = p * p * p;
  const middle = q * q * q;
  const short = r * r * r;
  return [
    clamp(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short, 0, 1),
    clamp(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short, 0, 1),
    clamp(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short, 0, 1),
  ];
}
