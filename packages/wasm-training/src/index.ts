export { registerTrainingKernels, type TrainingKernelOptions } from './register.js';
export { kernelBuild, type KernelBuild } from './registrations.js';
export type { KernelBuildName } from './builds.js';
export { batchNormReluTraining, batchNormTraining, type BatchNorm } from './ops/batchnorm.js';
