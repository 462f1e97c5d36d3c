import { convnet } from './convnet.js';
import type { EncoderSource } from './encoder.js';
import { pixels } from './pixels.js';
import { resnet18 } from './resnet18.js';
import { vit } from './vit.js';

/** The encoders by name; `encoderFile` makes another from a user's model. */
export const encoders = {
  convnet: { name: 'convnet', anySize: true, hasPatches: true, initialised: true, build: convnet },
  resnet18: { name: 'resnet18', anySize: true, hasPatches: true, initialised: true, build: resnet18 },
  vit: { name: 'vit', anySize: false, hasPatches: true, initialised: true, build: (shape) => vit(shape) },
  pixels: { name: 'pixels', anySize: false, hasPatches: false, initialised: true, build: pixels },
} as const satisfies Record<string, EncoderSource>;

export type EncoderName = keyof typeof encoders;
export { encoderFile } from './file.js';
export { vit, vitDefaults, type VitOptions } from './vit.js';
export type { Encoder, EncoderSource, ImageShape, PatchEncoder } from './encoder.js';
