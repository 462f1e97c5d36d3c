import { imageTopic } from './augment-images.js';

/** torchvision's operations on given parameters: brightness, contrast, saturation, hue. */
export const augmentColor = imageTopic('augment_color');
