export { kernelBuild, registerTrainingKernels, type KernelBuild, type TrainingKernelOptions } from './register.js';
export type { KernelBuildName } from './builds.js';
