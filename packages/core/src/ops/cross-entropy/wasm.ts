/** One kernel forward and one backward; the logarithms of the probabilities are never written. */
export { crossEntropy as crossEntropyWasm } from '@jembench/wasm-training';
