import { blockMask, localView, randomView, type ViewOptions } from '@jembench/augmentations';
import type { MaskPlan, ViewPlan } from './define.js';
import type { Recipe } from './recipe.js';

/** The view that a recipe describes. */
function described(o: Recipe): ViewOptions {
  const { brightness, contrast, saturation, hue } = o;
  return {
    ...(o.viewSize > 0 && { size: o.viewSize }),
    crop: { scale: [o.cropArea, 1] },
    flip: o.flip,
    jitter: { probability: o.jitter, brightness, contrast, saturation, hue },
    grayscale: o.gray,
    ...(o.blur > 0 && { blur: { probability: o.blur, sigma: [0.1, 2] } }),
  };
}

/** Two views of each image, the second one solarised where the recipe says so. */
export function twoViews(o: Recipe): ViewPlan {
  const view = described(o);
  const second = o.solarise > 0 ? { ...view, solarise: { probability: o.solarise } } : view;
  return { global: [randomView(view), randomView(second)] };
}

/** One view of each image. */
export function oneView(o: Recipe): ViewPlan {
  return { global: [randomView(described(o))] };
}

export interface LocalCrops {
  readonly localCrops: number;
  readonly localSize: number;
}

/** Two views of each image, and small crops for the student. */
export function cropViews(o: Recipe & LocalCrops): ViewPlan {
  const small: ViewOptions = { ...described(o), size: o.localSize, crop: { scale: localView.crop?.scale } };
  return { ...twoViews(o), local: Array.from({ length: o.localCrops }, () => randomView(small)) };
}

/** Blocks of patches hidden, that share of each image. */
export function hiddenBlocks(share: number): MaskPlan {
  return (count, [height, width], stream) =>
    Float32Array.from(blockMask(count, { height, width }, { ratio: share }, stream).mask);
}
