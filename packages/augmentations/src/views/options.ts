import type { Size } from '../batch.js';
import type { ColourStep } from '../functional/colour.js';
import type { NormaliseOptions } from '../functional/normalise.js';
import type { CropBox } from '../functional/resized-crop.js';
import type { RandomBlurOptions } from '../random/blur.js';
import type { RandomSolariseOptions } from '../random/choices.js';
import type { ColourJitterOptions } from '../random/colour-jitter.js';
import type { RandomCropOptions } from '../random/crop.js';

/**
 * One view of SimCLR's kind, in this order: crop and resize, flip, colour jitter, grayscale, blur, solarise, normalise.
 * What is left out does not happen.
 */
export interface ViewOptions {
  /** The size of the view; that of the images by default. */
  readonly size?: Size;
  readonly crop?: RandomCropOptions;
  /** Probability of a flip. */
  readonly flip?: number;
  readonly jitter?: ColourJitterOptions;
  /** Probability of grayscale. */
  readonly grayscale?: number;
  readonly blur?: RandomBlurOptions;
  readonly solarise?: RandomSolariseOptions;
  readonly normalise?: NormaliseOptions;
}

/** What was drawn for one image: plain data, to look at or to render again. */
export interface ViewParameters {
  readonly crop: CropBox;
  readonly flip: boolean;
  readonly colours: readonly ColourStep[];
  readonly grayscale: boolean;
  /** In pixels, 0 for none. */
  readonly blurSigma: number;
  readonly solarise: boolean;
}

/** What is the same for all images when they are rendered. */
export type RenderOptions = Pick<ViewOptions, 'size' | 'crop' | 'blur' | 'solarise' | 'normalise'>;
