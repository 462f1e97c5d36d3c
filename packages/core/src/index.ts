export { tf } from './tf.js';
export type * from './tf.js';
export { BackendError, InputError, JembenchError, ShapeError } from './errors.js';
export { gatherImages, type Dataset, type ImageBatch, type Split } from './images.js';
export { rootStream, type Stream } from './random/stream.js';
export { sha256Hex } from './sha256.js';
export { backendNames, backends, type BackendName } from './backends/table.js';
export type { BackendDescription, LoadOptions, Support } from './backends/types.js';
export { backendSupport, useBackend, type Backend, type BackendSupport } from './backends/use-backend.js';
