import { imageTopic } from './augment-images.js';

/** torchvision's operations on given parameters: crop, resize, flip. */
export const augmentGeometry = imageTopic('augment_geometry');
