import type { ImageBatch, Stream } from '@jembench/core';
import { checkColours, inRange } from '../checks.js';
import { colourAdjustment, type ColourStep } from '../functional/colour.js';
import { between, chance, shuffled, type Draws } from './draws.js';
import { sampledForEach } from './image-draws.js';

export interface ColourJitterOptions {
  /** That an image is jittered at all, 0 to 1; 0.8 by default. */
  readonly probability?: number;
  /** Factor from `max(0, 1 - brightness)` to `1 + brightness`, at least 0; 0.4 by default. */
  readonly brightness?: number;
  /** Likewise; 0.4 by default. */
  readonly contrast?: number;
  /** Likewise; 0.4 by default. */
  readonly saturation?: number;
  /** Turn of the hue from `-hue` to `hue`, 0 to 0.5; 0.1 by default. */
  readonly hue?: number;
}

const operations = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/** A function that draws the colour steps of one image, none where it is left alone. */
export function jitterSampler(options: ColourJitterOptions): (draws: Draws) => readonly ColourStep[] {
  const { probability = 0.8, brightness = 0.4, contrast = 0.4, saturation = 0.4, hue = 0.1 } = options;
  const strengths = { brightness, contrast, saturation, hue };
  inRange('randomColourJitter', 'probability', probability, 0, 1);
  for (const operation of operations) {
    inRange('randomColourJitter', operation, strengths[operation], 0, operation === 'hue' ? 0.5 : undefined);
  }
  return (draws) => {
    if (!chance(draws, probability)) return [];
    // All four are always drawn, so that switching one off leaves the others as they are.
    const steps = operations.map((operation) => ({ operation, amount: jittered(draws, operation, strengths) }));
    return shuffled(draws, steps).filter(({ operation }) => strengths[operation] > 0);
  };
}

function jittered(
  draws: Draws,
  operation: (typeof operations)[number],
  strengths: Readonly<Record<(typeof operations)[number], number>>,
): number {
  const strength = strengths[operation];
  const low = operation === 'hue' ? -strength : Math.max(0, 1 - strength);
  const high = operation === 'hue' ? strength : 1 + strength;
  return between(draws, [low, high]);
}

/**
 * Brightness, contrast, saturation and hue changed by random amounts, in random order.
 *
 * @param identities see `imageDraws`.
 * @throws InputError for a strength out of its range; ShapeError for channels other than 1 and 3.
 * @see torchvision 0.14.1, transforms.ColorJitter within RandomApply
 */
export function randomColourJitter(
  images: ImageBatch,
  options: ColourJitterOptions,
  stream: Stream,
  identities?: ArrayLike<number>,
): ImageBatch {
  checkColours('randomColourJitter', images);
  const sample = jitterSampler(options);
  return colourAdjustment(images, sampledForEach('randomColourJitter', images.count, stream, identities, sample));
}
