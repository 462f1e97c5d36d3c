/** One kernel forward and one backward, without transposes. */
export { packedAttention as attentionWasm } from '@jembench/wasm-training';
