import { tf } from './tf.js';

/** Runs a step once, counting: the bytes that its kernels allocate, freed again or not, and how many kernels it runs. */
export async function stepUse(
  step: () => void | Promise<void>,
): Promise<{ readonly allocatedBytes: number; readonly launches: number }> {
  const { kernels } = await tf.profile(async () => {
    await step();
    return [];
  });
  // A kernel that passes its input on, a reshape or a clone, adds nothing.
  const allocatedBytes = kernels.reduce((sum, { bytesAdded }) => sum + Math.max(0, bytesAdded), 0);
  return { allocatedBytes, launches: kernels.length };
}
