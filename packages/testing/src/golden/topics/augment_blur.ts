import { imageTopic } from './augment-images.js';

/** torchvision's operations on given parameters: Gaussian blur with both borders. */
export const augmentBlur = imageTopic('augment_blur');
