/** One kernel forward and one backward. */
export { standardise as standardiseWasm } from '@jembench/wasm-training';
