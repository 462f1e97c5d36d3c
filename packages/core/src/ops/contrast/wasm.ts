/** One kernel forward and one backward; half of the cosines are computed. */
export { contrast as contrastWasm } from '@jembench/wasm-training';
