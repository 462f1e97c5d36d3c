import { choice, integer, real, type Option, type OptionTable, type OptionValues } from './options.js';

/** The options that all methods share: how to update the weights and how to make views. */
const table = {
  optimiser: choice(
    'adamw',
    ['adamw', 'lars', 'sgd'],
    'adamw reaches in a few hundred steps what LARS and SGD need long runs for',
  ),
  learningRate: real(1e-3, { from: 0, to: 100 }, 'the peak, after the warm-up; not scaled by the batch size'),
  finalLearningRate: real(0, { from: 0, to: 1 }, 'the end of the cosine as a share of the peak'),
  warmupSteps: integer(40, { from: 0 }, 'linear from 0; papers warm up for 10 epochs of some hundred'),
  weightDecay: real(1e-4, { from: 0, to: 10 }, 'biases and norms are left out'),
  weightDecayGrowth: real(1, { from: 0, to: 1000 }, 'what it has grown by at the end, along a cosine; DINO: 10'),
  momentum: real(0.9, { from: 0, to: 0.9999 }, 'of LARS and SGD'),
  clip: real(0, { from: 0 }, 'longest gradient of one weight; 0 does not clip; DINO: 3'),
  viewSize: integer(
    0,
    { from: 0, to: 4096 },
    'height and width of a view in pixels; 0: those of the images. On smaller ones a step is shorter',
  ),
  cropArea: real(0.2, { from: 0.01, to: 1 }, 'smallest crop as a share of the area; 0.08 is for large images'),
  jitter: real(0.8, { from: 0, to: 1 }, 'probability of a colour jitter'),
  brightness: real(0.4, { from: 0, to: 1 }, 'strength of the jitter'),
  contrast: real(0.4, { from: 0, to: 1 }, 'strength of the jitter'),
  saturation: real(0.2, { from: 0, to: 1 }, 'strength of the jitter'),
  hue: real(0.1, { from: 0, to: 0.5 }, 'strength of the jitter, in turns of the colour circle'),
  gray: real(0.2, { from: 0, to: 1 }, 'probability of taking the colour out'),
  flip: real(0.5, { from: 0, to: 1 }, 'probability of mirroring left and right'),
  blur: real(0, { from: 0, to: 1 }, 'probability of a Gaussian blur; off, it wipes out images of 32 pixels'),
  solarise: real(0, { from: 0, to: 1 }, 'probability of solarising the second view'),
} as const satisfies OptionTable;

export type Recipe = OptionValues<typeof table>;

/** The table with a method's own defaults. */
export function recipeTable(defaults: Partial<Recipe>): OptionTable {
  const entries = Object.entries(table).map(([name, option]): [string, Option] => {
    const value = defaults[name as keyof Recipe];
    return [name, value === undefined ? option : { ...option, default: value }];
  });
  return Object.fromEntries(entries);
}
