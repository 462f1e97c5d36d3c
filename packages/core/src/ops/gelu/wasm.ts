/** One kernel forward and one backward. */
export { gelu as geluWasm } from '@jembench/wasm-training';
