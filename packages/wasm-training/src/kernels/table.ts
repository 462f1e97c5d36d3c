import type { GradConfig } from '@tensorflow/tfjs-core';

import { batchNormGradConfig, batchNormGradientKernel, batchNormKernel } from '../ops/batchnorm.js';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './convolution.js';
import type { TrainingKernel } from './kernel.js';
import { batchMatMul, fusedMatMul } from './matmul.js';

/** Every kernel that `registerTrainingKernels` puts in place. */
export const trainingKernels: readonly TrainingKernel[] = [
  batchMatMul,
  fusedMatMul,
  conv2D,
  fusedConv2D,
  conv2DBackpropInput,
  conv2DBackpropFilter,
  batchNormKernel,
  batchNormGradientKernel,
];

/** Gradients of the kernels that tfjs does not know. */
export const trainingGradients: readonly GradConfig[] = [batchNormGradConfig];
