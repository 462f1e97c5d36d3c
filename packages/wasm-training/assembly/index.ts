export { fused } from './simd';
export { tileColumns, tileRows } from './tiles';
export { gemm, gemmScratch } from './gemm';
