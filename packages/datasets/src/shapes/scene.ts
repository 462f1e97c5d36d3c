import type { Stream } from '@jembench/core';
import { oklab, type Colour } from './colour.js';
import { length } from './distance.js';
import { between, direction } from './draw.js';
import { randomTexture, type Texture } from './texture.js';

/** Two colours and how they mix. */
export interface Surface {
  readonly first: Colour;
  readonly second: Colour;
  readonly texture: Texture;
}

/** One copy of the form. */
export interface Figure {
  readonly centre: readonly [x: number, y: number];
  /** Half the extent of the form. */
  readonly scale: number;
  /** Cosine and sine of the turn. */
  readonly turn: readonly [number, number];
  readonly mirrored: boolean;
  readonly surface: Surface;
  /** Depth of the shadow that it throws on what lies below, in [0, 1]. */
  readonly shadow: number;
}

/**
 * Everything about a picture but its form, its size in pixels and its noise. The picture is the square [-1, 1]², x to the right and y down:
 * all lengths are in half pictures, so a scene looks the same at any size.
 */
export interface Scene {
  readonly figures: readonly Figure[];
  readonly ground: Surface;
  /** Largest deviation of a channel by noise, in gray levels. */
  readonly noise: number;
}

type Range = readonly [low: number, high: number];

/**
 * How far each nuisance reaches.
 *
 * Several copies of one form, each with a size, turn, lightness, colour and texture of its own, on paper that is much the same in every
 * picture: the form is what two crops of a picture have in common, and what joint embedding can find. Whatever else they share, and
 * pictures differ in, is learned in its place as long as it is easier: with coloured grounds it was the ground's hue. Fine texture stays
 * faint for the same reason.
 */
const nuisance = {
  count: 5,
  scale: [0.24, 0.38],
  /** Figures keep inside this distance of the middle. */
  reach: 0.9,
  groundLightness: [0.82, 0.88],
  groundChroma: [0, 0.03],
  /** Figures reach from `darkest` to `contrast` below their ground. */
  darkest: 0.2,
  contrast: 0.35,
  figureChroma: [0.03, 0.2],
  /** Largest difference of lightness within a surface. */
  figureTexture: 0.06,
  groundTexture: 0.01,
  shadow: [0, 0.35],
  /** In gray levels. */
  noise: 2,
} as const;

/** Attempts to place another figure clear of those that lie there: pictures with less room hold fewer. */
const PLACES = 60;

/** A random scene; all numbers come from `stream`. */
export function randomScene(stream: Stream): Scene {
  const lightness = within(stream, nuisance.groundLightness);
  return {
    ground: randomSurface(stream, lightness, nuisance.groundChroma, nuisance.groundTexture),
    figures: randomPlaces(stream).map((place) => ({
      ...place,
      turn: direction(stream),
      mirrored: stream.chance(0.5),
      surface: randomSurface(
        stream,
        between(stream, nuisance.darkest, lightness - nuisance.contrast),
        nuisance.figureChroma,
        nuisance.figureTexture,
      ),
      shadow: within(stream, nuisance.shadow),
    })),
    noise: nuisance.noise,
  };
}

/** Circles clear of each other. */
function randomPlaces(stream: Stream): Pick<Figure, 'centre' | 'scale'>[] {
  const places: Pick<Figure, 'centre' | 'scale'>[] = [];
  for (let attempt = 0; attempt < PLACES && places.length < nuisance.count; attempt++) {
    const scale = within(stream, nuisance.scale);
    const room = nuisance.reach - scale;
    const x = between(stream, -room, room);
    const y = between(stream, -room, room);
    const clear = places.every((other) => length(x - other.centre[0], y - other.centre[1]) >= scale + other.scale);
    if (clear) places.push({ centre: [x, y], scale });
  }
  return places;
}

/** A surface around `lightness`: one hue, two lightnesses and saturations, a texture. */
function randomSurface(stream: Stream, lightness: number, chromas: Range, depth: number): Surface {
  const [a, b] = direction(stream);
  const chroma = within(stream, chromas);
  const other = chroma * between(stream, 0.5, 1.2);
  const step = between(stream, 0.3, 1) * depth;
  return {
    first: oklab(lightness, chroma * a, chroma * b),
    second: oklab(stream.chance(0.5) ? lightness + step : lightness - step, other * a, other * b),
    texture: randomTexture(stream),
  };
}

function within(stream: Stream, [low, high]: Range): number {
  return between(stream, low, high);
}
