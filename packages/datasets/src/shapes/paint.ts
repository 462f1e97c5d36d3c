import type { Stream } from '@jembench/core';
import { clamp, length, type Distance } from './distance.js';
import type { Figure, Scene, Surface } from './scene.js';

/** Forms lie within this distance of their origin; beyond it nothing of them (nor of their shadow) is drawn. */
const EXTENT = 1.5;

/** Shadow: how far below the form (in the picture, not in the form) and how wide its blur, in units of the form's scale. */
const SHADOW_OFFSET = 0.14;
const SHADOW_BLUR = 0.3;

/**
 * Paints `form` in `scene` as `size * size` RGB bytes, row-major, into `pixels` from `at` on.
 *
 * Light mixes linearly; bytes are its square root (gamma 2, exact where sRGB's power is not).
 */
export function paint(form: Distance, scene: Scene, size: number, noise: Stream, pixels: Uint8Array, at: number): void {
  const pixel = 2 / size;
  const colour = [0, 0, 0];
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) * pixel - 1;
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5) * pixel - 1;
      mix(colour, scene.ground, x, y, pixel, 1);
      for (const figure of scene.figures) {
        const dx = x - figure.centre[0];
        const dy = y - figure.centre[1];
        if (length(dx, dy) > EXTENT * figure.scale) continue;
        // Coverage from the distance of the pixel's middle: an edge takes one pixel.
        const coverage = clamp(0.5 - distance(form, figure, dx, dy) / pixel, 0, 1);
        if (coverage < 1) {
          const below = distance(form, figure, dx, dy - SHADOW_OFFSET * figure.scale) / (SHADOW_BLUR * figure.scale);
          const shade = 1 - figure.shadow * clamp(0.5 - below, 0, 1);
          for (let channel = 0; channel < 3; channel++) colour[channel] *= shade;
        }
        if (coverage > 0) mix(colour, figure.surface, x, y, pixel, coverage);
      }
      for (let channel = 0; channel < 3; channel++) {
        // The mean of two uniform numbers: a triangular distribution.
        const jitter = scene.noise * (noise.uniform() + noise.uniform() - 1);
        pixels[at++] = Math.floor(clamp(255 * Math.sqrt(colour[channel]) + jitter, 0, 255) + 0.5);
      }
    }
  }
}

/** Distance in the picture from the point `(dx, dy)` off the figure's centre to the figure's edge. */
function distance(form: Distance, { turn: [c, s], scale, mirrored }: Figure, dx: number, dy: number): number {
  const u = (c * dx + s * dy) / scale;
  const v = (c * dy - s * dx) / scale;
  return form(u, mirrored ? -v : v) * scale;
}

/** Lays `surface` over `colour` with the given coverage. */
function mix(colour: number[], surface: Surface, x: number, y: number, pixel: number, coverage: number): void {
  const share = surface.texture(x, y, pixel);
  for (let channel = 0; channel < 3; channel++) {
    const paint = surface.first[channel] + share * (surface.second[channel] - surface.first[channel]);
    colour[channel] += coverage * (paint - colour[channel]);
  }
}
