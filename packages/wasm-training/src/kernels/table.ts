import type { GradConfig } from '@tensorflow/tfjs-core';

import * as attention from '../ops/attention.js';
import * as batchnorm from '../ops/batchnorm.js';
import * as contrast from '../ops/contrast.js';
import * as covariance from '../ops/covariance.js';
import { distributionKernels } from '../ops/distributions.js';
import * as gelu from '../ops/gelu.js';
import * as l2Normalise from '../ops/l2-normalise.js';
import * as layernorm from '../ops/layernorm.js';
import * as optimisers from '../ops/optimisers.js';
import * as redundancy from '../ops/redundancy.js';
import * as sinkhorn from '../ops/sinkhorn.js';
import * as standardise from '../ops/standardise.js';
import * as varianceHinge from '../ops/variance-hinge.js';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './convolution.js';
import { depthwiseConv2D, depthwiseConv2DBackpropFilter, depthwiseConv2DBackpropInput } from './depthwise.js';
import {
  clipByValue,
  comparisons,
  erf,
  exp,
  log,
  maximum,
  minimum,
  relu,
  relu6,
  rsqrt,
  select,
  tanh,
} from './elementwise.js';
import { reluGradConfig, reluGradientKernel, softmax, softmaxGradConfig } from './gradients.js';
import type { TrainingKernel } from './kernel.js';
import { cast, gather, identity, split, tileKernel, transpose, unsortedSegmentSum } from './layout.js';
import { batchMatMul, fusedMatMul } from './matmul.js';
import { avgPoolGrad, maxPoolGrad } from './pooling.js';
import { mean, sum } from './reductions.js';

/** Kernels that take the place of tfjs's of the same name, or fill a gap. */
const replacements: readonly TrainingKernel[] = [
  batchMatMul,
  fusedMatMul,
  conv2D,
  fusedConv2D,
  conv2DBackpropInput,
  conv2DBackpropFilter,
  depthwiseConv2D,
  depthwiseConv2DBackpropInput,
  depthwiseConv2DBackpropFilter,
  maxPoolGrad,
  avgPoolGrad,
  sum,
  mean,
  softmax,
  exp,
  log,
  tanh,
  erf,
  rsqrt,
  relu,
  relu6,
  clipByValue,
  maximum,
  minimum,
  ...comparisons,
  select,
  identity,
  cast,
  transpose,
  tileKernel,
  split,
  gather,
  unsortedSegmentSum,
];

/** Kernels behind the functions and gradients of this package. */
const own: readonly TrainingKernel[] = [
  reluGradientKernel,
  batchnorm.batchNormKernel,
  batchnorm.batchNormGradientKernel,
  layernorm.layerNormKernel,
  layernorm.layerNormGradientKernel,
  gelu.geluKernel,
  gelu.geluGradientKernel,
  attention.attentionKernel,
  attention.attentionGradientKernel,
  attention.packedAttentionKernel,
  attention.packedAttentionGradientKernel,
  optimisers.adamwKernel,
  optimisers.momentumKernel,
  optimisers.larsKernel,
  optimisers.blendKernel,
  covariance.covarianceKernel,
  covariance.covarianceGradientKernel,
  covariance.covariancePenaltyKernel,
  covariance.covariancePenaltyGradientKernel,
  standardise.standardiseKernel,
  standardise.standardiseGradientKernel,
  redundancy.redundancyKernel,
  redundancy.redundancyGradientKernel,
  sinkhorn.sinkhornKernel,
  ...distributionKernels,
  l2Normalise.l2NormaliseKernel,
  l2Normalise.l2NormaliseGradientKernel,
  varianceHinge.varianceHingeKernel,
  varianceHinge.varianceHingeGradientKernel,
  contrast.contrastKernel,
  contrast.contrastGradientKernel,
];

/** Every kernel that `registerTrainingKernels` puts in place. */
export const trainingKernels: readonly TrainingKernel[] = [...replacements, ...own];

/** Gradients of our own kernels, and two of tfjs's that a fused kernel computes in one pass. */
export const trainingGradients: readonly GradConfig[] = [
  batchnorm.batchNormGradConfig,
  layernorm.layerNormGradConfig,
  gelu.geluGradConfig,
  reluGradConfig,
  softmaxGradConfig,
  standardise.standardiseGradConfig,
  sinkhorn.sinkhornGradConfig,
];
