import { imageTopic } from './augment-images.js';

/** torchvision's operations on given parameters: grayscale, solarise, normalise. */
export const augmentTone = imageTopic('augment_tone');
