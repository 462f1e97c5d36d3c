/** One kernel forward and one backward, the temperature included. */
export { logSoftargmax as logSoftargmaxWasm, softargmax as softargmaxWasm } from '@jembench/wasm-training';
