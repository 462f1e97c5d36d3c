export { fused } from './simd';
export { tile } from './tiles';
export { gemm, gemmScratch } from './gemm';
export { planConvolution } from './geometry';
export {
  convolve,
  convolveFilterGradient,
  convolveInputGradient,
  filterGradientScratch,
  forwardScratch,
  inputGradientScratch,
} from './convolution';
export { batchNormGradient, batchNormScratch, batchNormalise, batchStatistics } from './batchnorm';
