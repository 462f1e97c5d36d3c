import { imageTopic } from './augment-images.js';

/** torchvision's operations on given parameters: three images, a parameter each. */
export const augmentBatch = imageTopic('augment_batch');
