/** One pass over the scores an iteration; looks at their range on the way. */
export { sinkhorn as sinkhornWasm } from '@jembench/wasm-training';
