import type { NormaliseOptions } from '../functional/normalise.js';
import type { ViewOptions } from './options.js';
import { randomView, type View } from './view.js';

/** SimCLR at 32 pixels: crop area from 0.2 and no blur, both for the size. */
const simclr: ViewOptions = {
  crop: { scale: [0.2, 1] },
  flip: 0.5,
  jitter: { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  grayscale: 0.2,
};

const byolJitter = { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };

/** BYOL, but for the crop area (from 0.2, not 0.08: 32 pixels) and the border of the blur (reflected: zeros darken 12 % of them). */
const byol: ViewOptions = { ...simclr, jitter: byolJitter };

/** The CIFAR recipe of solo-learn's VICReg. */
const soloLearn: ViewOptions = { ...simclr, jitter: byolJitter, solarise: { probability: 0.1 } };

/** solo-learn's `symmetric_weak.yaml`, of its SimSiam: the smaller crops and the blur are the source's. */
const weak: ViewOptions = { ...simclr, crop: { scale: [0.08, 1] }, blur: { probability: 0.5 } };

/**
 * Pairs of views by name, as plain options: take one, change what differs, hand it to `randomView` or `multiCrop`.
 *
 * @see Chen et al., arXiv:2002.05709; google-deepmind/deepmind-research@f5de0ed byol/utils/augmentations.py;
 *   vturrisi/solo-learn@9187ea3 scripts/pretrain/cifar (vicreg.yaml, augmentations/asymmetric.yaml, augmentations/symmetric_weak.yaml)
 */
export const viewPresets = {
  simclr: [simclr, simclr],
  byol: [
    { ...byol, blur: { probability: 1 } },
    { ...byol, blur: { probability: 0.1 }, solarise: { probability: 0.2 } },
  ],
  'solo-learn': [soloLearn, soloLearn],
  'solo-learn-asymmetric': [byol, { ...byol, solarise: { probability: 0.2 } }],
  weak: [weak, weak],
} as const satisfies Record<string, readonly [ViewOptions, ViewOptions]>;

export type ViewPreset = keyof typeof viewPresets;

/**
 * A small crop for `multiCrop`: 18 pixels of 8 to 50 % of the area.
 *
 * @see vturrisi/solo-learn@9187ea3 scripts/pretrain/cifar-multicrop/augmentations/swav.yaml
 */
export const localView: ViewOptions = { ...simclr, size: 18, crop: { scale: [0.08, 0.5] } };

/** SimCLR's view at 32 pixels with `changes` on top, which replace whole steps: `{ grayscale: 0, size: 24 }`. */
export function simclrView(changes: ViewOptions = {}): View {
  return randomView({ ...simclr, ...changes });
}

/** Mean and standard deviation of the channels of well-known data sets, for `normalise`. */
export const normalisations = {
  cifar10: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  cifar100: { mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const satisfies Record<string, NormaliseOptions>;
