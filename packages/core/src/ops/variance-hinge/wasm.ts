/** One kernel forward and one backward. */
export { varianceHinge as varianceHingeWasm } from '@jembench/wasm-training';
