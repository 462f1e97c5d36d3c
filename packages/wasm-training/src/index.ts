export { registerTrainingKernels, type TrainingKernelOptions } from './register.js';
export { kernelBuild, type KernelBuild } from './registrations.js';
export type { KernelBuildName } from './builds.js';
export { batchNormReluTraining, batchNormTraining, type BatchNorm } from './ops/batchnorm.js';
export { layerNormTraining } from './ops/layernorm.js';
export { gelu } from './ops/gelu.js';
export { attention, packedAttention } from './ops/attention.js';
export {
  adamwUpdate,
  emaUpdate,
  larsUpdate,
  sgdUpdate,
  type AdamWStep,
  type LarsStep,
  type SgdStep,
} from './ops/optimisers.js';
export { covariance, covariancePenalty } from './ops/covariance.js';
export type { Moments } from './ops/moments.js';
export type { ProductForm } from './ops/matrix.js';
export { redundancy, type RedundancyTerms } from './ops/redundancy.js';
export { standardise } from './ops/standardise.js';
export { sinkhorn, type Sinkhorn } from './ops/sinkhorn.js';
export { crossEntropy, logSoftargmax, softargmax } from './ops/distributions.js';
export { l2Normalise } from './ops/l2-normalise.js';
export { varianceHinge, type VarianceHinge } from './ops/variance-hinge.js';
export { contrast, type ContrastTerms } from './ops/contrast.js';
