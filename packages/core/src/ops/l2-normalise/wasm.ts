/** One kernel forward and one backward. */
export { l2Normalise as l2NormaliseWasm } from '@jembench/wasm-training';
