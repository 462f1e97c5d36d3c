import type { Stream } from '@jembench/core';
import { clamp, length } from './distance.js';
import { between, direction } from './draw.js';

/**
 * How much of the second of two colours a place of the picture has, in [0, 1]. The picture is the square [-1, 1]²; `pixel` is the width of
 * one pixel in those units, over which edges are smoothed.
 */
export type Texture = (x: number, y: number, pixel: number) => number;

/** Distance to the nearest integer, doubled: a wave of period 1 between 0 and 1. */
function wave(t: number): number {
  return 2 * Math.abs(t - Math.floor(t + 0.5));
}

/** A step at 0, smoothed over `width`. */
function edge(t: number, width: number): number {
  return clamp(0.5 + t / width, 0, 1);
}

/** Each function draws a texture's parameters from the stream. */
const textures = {
  plain: () => () => 0,
  gradient: (stream) => {
    const [u, v] = direction(stream);
    return (x, y) => clamp(0.5 + 0.45 * (u * x + v * y), 0, 1);
  },
  stripes: (stream) => {
    const [u, v] = direction(stream);
    const frequency = between(stream, 1.2, 3.2);
    const phase = stream.uniform();
    return (x, y, pixel) => edge(wave((u * x + v * y) * frequency + phase) - 0.5, 2 * pixel * frequency);
  },
  checks: (stream) => {
    const [u, v] = direction(stream);
    const frequency = between(stream, 0.8, 1.8);
    const phase = stream.uniform();
    return (x, y, pixel) => {
      const width = 2 * pixel * frequency;
      const a = edge(wave((u * x + v * y) * frequency + phase) - 0.5, width);
      const b = edge(wave((u * y - v * x) * frequency + phase) - 0.5, width);
      return a + b - 2 * a * b;
    };
  },
  dots: (stream) => {
    const [u, v] = direction(stream);
    const frequency = between(stream, 1.4, 2.8);
    const radius = between(stream, 0.22, 0.36);
    const phase = stream.uniform();
    return (x, y, pixel) => {
      const a = (u * x + v * y) * frequency + phase;
      const b = (u * y - v * x) * frequency + phase;
      return edge(radius - length(a - Math.floor(a + 0.5), b - Math.floor(b + 0.5)), pixel * frequency);
    };
  },
  clouds: (stream) => {
    const cells = 4;
    const side = cells + 1;
    const values = Array.from({ length: side * side }, () => stream.uniform());
    return (x, y) => {
      const gx = clamp(((x + 1) / 2) * cells, 0, cells - 1e-9);
      const gy = clamp(((y + 1) / 2) * cells, 0, cells - 1e-9);
      const i = Math.floor(gx);
      const j = Math.floor(gy);
      const fx = smooth(gx - i);
      const fy = smooth(gy - j);
      const at = j * side + i;
      const top = values[at] + (values[at + 1] - values[at]) * fx;
      const bottom = values[at + side] + (values[at + side + 1] - values[at + side]) * fx;
      return top + (bottom - top) * fy;
    };
  },
} as const satisfies Record<string, (stream: Stream) => Texture>;

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

const kinds = Object.values(textures);

/** A texture of a random kind. */
export function randomTexture(stream: Stream): Texture {
  return kinds[stream.integer(kinds.length)](stream);
}
