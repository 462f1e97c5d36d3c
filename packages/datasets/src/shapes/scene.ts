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
 * Several copies of one form, each with a place, size, turn, colour and texture of its own, make the form what two crops of a picture have in
 * common: what joint embedding can find. The ground's hue is common too: few numbers, but so strong that pixels and random filters
 * see little else, while an embedding whose dimensions must differ gives it few of them. Fine texture stays faint for the same reason: it is many
 * numbers, and an encoder that tells pictures apart would rather learn those than the form.
 */
const nuisance = {
  count: [4, 6],
  scale: [0.28, 0.36],
  /** Figures keep inside this distance of the middle. */
  reach: 0.9,
  /** Figures are darker than their ground by `contrast` at least. */
  lightness: [0.3, 0.9],
  contrast: 0.4,
  figureChroma: [0.02, 0.09],
  groundChroma: [0.05, 0.18],
  /** Largest difference of lightness within a surface. */
  figureTexture: 0.04,
  groundTexture: 0.01,
  shadow: [0, 0.35],
  noise: [2, 3],
} as const;

/** Attempts to place another figure clear of those that lie there: pictures with less room hold fewer. */
const PLACES = 60;

/** A random scene; all numbers come from `stream`. */
export function randomScene(stream: Stream): Scene {
  const [low, high] = nuisance.lightness;
  const ground = between(stream, between(stream, low + nuisance.contrast, high), high);
  return {
    ground: randomSurface(stream, ground, nuisance.groundChroma, nuisance.groundTexture),
    figures: randomPlaces(stream).map((place) => ({
      ...place,
      turn: direction(stream),
      mirrored: stream.chance(0.5),
      surface: randomSurface(
        stream,
        between(stream, low, ground - nuisance.contrast),
        nuisance.figureChroma,
        nuisance.figureTexture,
      ),
      shadow: within(stream, nuisance.shadow),
    })),
    noise: within(stream, nuisance.noise),
  };
}

/** Circles clear of each other. */
function randomPlaces(stream: Stream): Pick<Figure, 'centre' | 'scale'>[] {
  const [fewest, most] = nuisance.count;
  const count = fewest + stream.integer(most - fewest + 1);
  const places: Pick<Figure, 'centre' | 'scale'>[] = [];
  for (let attempt = 0; attempt < PLACES && places.length < count; attempt++) {
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
