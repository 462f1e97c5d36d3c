export type { ByteBatch, Size } from './batch.js';
export type { Interval, PerImage } from './checks.js';
export {
  brightness,
  colourAdjustment,
  contrast,
  hue,
  saturation,
  type ColourOperation,
  type ColourStep,
} from './functional/colour.js';
export { defaultTaps, gaussianBlur, type BlurPadding, type GaussianBlurOptions } from './functional/gaussian-blur.js';
export { grayscale, type GrayscaleOptions } from './functional/grayscale.js';
export { horizontalFlip } from './functional/horizontal-flip.js';
export { normalise, type NormaliseOptions } from './functional/normalise.js';
export { resizedCrop, type CropBox, type ResizedCropOptions } from './functional/resized-crop.js';
export { solarise, type SolariseOptions } from './functional/solarise.js';
export { blockMask, type BlockMaskOptions, type PatchGrid } from './masks/block-mask.js';
export { noiseMask, randomPatchMask, visiblePatches, type PatchMask } from './masks/patch-mask.js';
export { randomGaussianBlur, type RandomBlurOptions } from './random/blur.js';
export {
  randomGrayscale,
  randomHorizontalFlip,
  randomSolarise,
  type RandomChoiceOptions,
  type RandomSolariseOptions,
} from './random/choices.js';
export { randomColourJitter, type ColourJitterOptions } from './random/colour-jitter.js';
export { randomResizedCrop, type RandomCropOptions } from './random/crop.js';
export { multiCrop, type MultiCropOptions, type Views } from './views/multi-crop.js';
export { localView, normalisations, simclrView, viewPresets, type ViewPreset } from './views/presets.js';
export { composedView } from './views/composed-view.js';
export type { RenderOptions, ViewOptions, ViewParameters } from './views/options.js';
export { randomView, renderedView, sampledView, type View } from './views/view.js';
export { viewKernels } from './fused/kernels.js';
