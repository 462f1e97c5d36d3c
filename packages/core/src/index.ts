export { tf } from './tf.js';
export type * from './tf.js';
export { BackendError, InputError, JembenchError, ShapeError } from './errors.js';
export { gatherImages, type Dataset, type ImageBatch, type Split } from './images.js';
export { rootStream, type Stream } from './random/stream.js';
