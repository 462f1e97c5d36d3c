/**
 * The steps of a view on one image, bit for bit what the TypeScript in src/functional computes: in float64, in the same order.
 *
 * Between resampling and packing an image lies in planes, one a channel, of float32. A plane holds `pixels` values and then room for
 * at least two more (`plane` bytes in all): kernels work in pairs, and what they write past the end means nothing. Addresses are in bytes.
 */
export { resampleColumns, resampleRows } from './resample';
export { brightness, contrast, grayscale, hue, saturation, solarise } from './colour';
export { blur } from './blur';
export { normalise, pack, unpackBytes } from './pixels';
