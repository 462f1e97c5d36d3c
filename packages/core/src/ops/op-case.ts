import type { Tensor } from '../tf.js';
import type { Arrays } from './array64.js';
import type { Implementation } from './implementation.js';

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * How far float32 may be from the reference:
 *
 *     u (ulps sqrt(n + 64) + condition) max(largest element of what is compared, scale)
 *
 * u = 2^-24 is the unit roundoff, n the elements of the largest input, `ulps` the number below for values or for gradients.
 */
export interface CaseTolerance {
  readonly value: number;
  readonly gradient: number;
  /** By how much a value magnifies the rounding of what it is made of. Default 0. */
  readonly condition?: number;
  /** The size of what cancels, where a result is next to nothing. Default 0. */
  readonly scale?: { readonly value?: number; readonly gradient?: number };
}

/**
 * One case of an op. A list of them drives value, gradient, leak and robustness checks on every backend, the support table, and benchmarks.
 */
export interface OpCase {
  readonly name: string;
  /** Exact in float32, so that float32 and float64 start from the same numbers. */
  readonly inputs: Arrays;
  /** The inputs through which a gradient flows. Where there is none, the gradient is checked to be zero. */
  readonly differentiable: readonly string[];
  /** The distance over which the op is smooth here: steps of finite differences are a thousandth of it. */
  readonly lengthScale: number;
  readonly tolerance: CaseTolerance;
  /** For the kernels made for one backend, where they are less exact than the composed form. */
  readonly fusedTolerance?: CaseTolerance;
  /** The definition, in float64. */
  reference(inputs: Arrays): Arrays;
  /** The op: the same outputs under the same names. */
  evaluate(inputs: Tensors, implementation: Implementation): Tensors;
}

export interface OpSuite {
  readonly op: string;
  readonly implementations: readonly Implementation[];
  readonly cases: readonly OpCase[];
}
