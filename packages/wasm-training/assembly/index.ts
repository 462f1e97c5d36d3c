export { fused } from './simd';
export { tile } from './tiles';
export { gemm, gemmScratch, gemmStrided, upperProduct } from './gemm';
export { finishRows } from './epilogue';
export { planConvolution } from './geometry';
export {
  convolve,
  convolveFilterGradient,
  convolveInputGradient,
  filterGradientScratch,
  forwardScratch,
  inputGradientScratch,
} from './convolution';
export { depthwise, depthwiseFilterGradient, depthwiseInputGradient, depthwiseScratch } from './depthwise';
export { averagePoolGradient, maxPoolGradient } from './pooling';
export { batchNormGradient, batchNormScratch, batchNormalise, batchStatistics } from './batchnorm';
export { layerNorm, layerNormGradient, layerNormScratch, softmaxGradientRows, softmaxRows } from './rows';
export { attention, attentionGradient, attentionScratch } from './attention';
export {
  geluGradient,
  mapClip,
  mapErf,
  mapExp,
  mapGelu,
  mapLog,
  mapMaximum,
  mapMinimum,
  mapRsqrt,
  mapTanh,
  reluGradient,
} from './maps';
export { sumAxis, sumScratch } from './reduce';
export { compare, select } from './compare';
export { copyChunks, gatherSlices, repeatChunks, sumSegments, transposeBatch } from './layout';
export { adamw, blend, momentum, squaredNorm } from './optimisers';
export {
  fastConvolve,
  fastFilterGradient,
  fastFilterGradientScratch,
  fastForwardScratch,
  fastInputGradient,
  fastInputGradientScratch,
  isFastConvolution,
} from './winograd';
export {
  centreColumns,
  columnProducts,
  columnScratch,
  scaleColumns,
  standardiseColumns,
  standardiseGradient,
} from './columns';
export { clearDiagonal, dot64, dotAbove, dotDiagonal, mirrorUpper, scale } from './symmetric';
export { sinkhornLog, sinkhornPlain, sinkhornScratch } from './sinkhorn';
export {
  crossEntropyGradientRows,
  crossEntropyRows,
  logSoftmaxGradientRows,
  logSoftmaxRows,
  normaliseGradientRows,
  normaliseRows,
} from './distributions';
export { contrastForward, contrastWeights } from './contrast';
