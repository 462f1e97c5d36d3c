import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/** A kernel with several outputs, of which the first is the result; the others are for its gradient. */
interface DifferentiableKernel {
  readonly forward: () => readonly Tensor[];
  /** The gradients by the operands. */
  readonly backward: (dy: Tensor, operands: readonly Tensor[], others: readonly Tensor[]) => Tensor[];
}

/**
 * Runs such a kernel. A custom gradient and not one that is registered, because tfjs would fill a gradient of zeros for every other output, which
 * are as large as all the rest, if they were outputs on the tape.
 */
export function differentiable(operands: readonly Tensor[], { forward, backward }: DifferentiableKernel): Tensor {
  const run = customGrad((...parameters) => {
    const tensors = parameters.slice(0, -1) as Tensor[];
    const save = parameters[parameters.length - 1] as GradSaveFunc;
    const [value, ...others] = forward();
    save([...tensors, ...others]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] =>
      backward(dy, saved.slice(0, tensors.length), saved.slice(tensors.length));
    return { value, gradFunc };
  });
  return run(...operands);
}
