/**
 * Registers tfjs's gradients.
 *
 * `@tensorflow/tfjs-core` by itself registers none, and in Node its `register_all_gradients` cannot be imported without a second copy
 * of the core. `@tensorflow/tfjs-layers`, which the trainers need anyway, registers all of them on the one copy, in Node and in bundles.
 */
export async function registerGradients(): Promise<void> {
  await import('@tensorflow/tfjs-layers');
}
