export { tf } from './tf.js';
export type * from './tf.js';
export { embeddedModule, type EmbeddedModule } from './embedded-module.js';
export { BackendError, InputError, JembenchError, ShapeError } from './errors.js';
export { gatherImages, type Dataset, type ImageBatch, type Split } from './images.js';
export { rootStream, type Stream } from './random/stream.js';
export { sha256Hex } from './sha256.js';
export { stepUse } from './step-use.js';

export { backendNames, backends, type BackendName } from './backends/table.js';
export { provideTensorflow, type TensorflowProvider, type TensorflowRuntime } from './backends/tensorflow.js';
export type { BackendDescription, LoadOptions, Support } from './backends/types.js';
export { backendSupport, useBackend, type Backend, type BackendSupport } from './backends/use-backend.js';

export {
  checkChoice,
  checkNumber,
  checkSameShape,
  checkShapes,
  type NumberBounds,
  type ShapedArgument,
} from './checks.js';

export { attention } from './ops/attention/op.js';
export { batchNorm, type BatchNormOptions, type BatchNormResult } from './ops/batch-norm/op.js';
export { covariance, type CovarianceOptions } from './ops/covariance/op.js';
export { contrast, type Contrast, type ContrastOptions } from './ops/contrast/op.js';
export { crossCorrelation, type CrossCorrelationOptions } from './ops/cross-correlation/op.js';
export { crossEntropy } from './ops/cross-entropy/op.js';
export { offDiagonalPenalty, offDiagonalSquares, type OffDiagonalPenaltyOptions } from './ops/decorrelation/op.js';
export { ema, emaWeights } from './ops/ema/op.js';
export { gelu } from './ops/gelu/op.js';
export { normalDistribution } from './ops/gelu/reference.js';
export type { Implementation } from './ops/implementation.js';
export { l2Normalise, type L2NormaliseOptions } from './ops/l2-normalise/op.js';
export { layerNorm, type LayerNormOptions } from './ops/layer-norm/op.js';
export { redundancy, type Redundancy, type RedundancyOptions } from './ops/redundancy/op.js';
export { sinkhorn, type SinkhornOptions } from './ops/sinkhorn/op.js';
export { logSoftargmax, softargmax, type SoftargmaxOptions } from './ops/softargmax/op.js';
export { standardise, type StandardiseOptions } from './ops/standardise/op.js';
export { stopGradient } from './ops/stop-gradient.js';
export { updateKernels, type UpdateKernels } from './ops/update-kernels.js';
export { varianceHinge, type VarianceHingeOptions } from './ops/variance-hinge/op.js';
