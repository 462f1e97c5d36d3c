/**
 * Operations along the batch axis of `[N, D]`.
 *
 * tfjs's wasm backend transposes before it reduces over axis 0 (33 ms for the sums of 4096 x 512, and again for the gradient of every
 * broadcast), while a product with a row of ones takes 0.2 ms. Hence products, and gradients that use them, too.
 */
import { tf, type Scalar, type Tensor, type Tensor2D } from '../tf.js';

export type SaveForGradient = (tensors: Tensor[]) => void;

/** `[1, D]`: the sum of each column. */
export function columnSums(x: Tensor2D): Tensor2D {
  return tf.matMul(tf.ones([1, x.shape[0]]), x);
}

/** `[1, D]`: the mean of each column. */
export function columnMeans(x: Tensor2D): Tensor2D {
  return tf.div(columnSums(x), x.shape[0]);
}

/**
 * The sum of all elements, column by column first: one running float32 sum over millions of terms would lose the small ones.
 */
export function totalSum(x: Tensor2D): Scalar {
  return tf.sum(columnSums(x));
}

/**
 * `x` without its column means.
 *
 * The mean is subtracted twice: what the rounding of the first leaves behind is small, but large against the spread of a batch that has
 * nearly collapsed, and the second pass removes it. Centring is a symmetric projection, so that its gradient is centring again.
 */
export function centreColumns(x: Tensor2D): Tensor2D {
  return tf.customGrad<Tensor2D>((input) => ({
    value: withoutMeans(withoutMeans(input as Tensor2D)),
    gradFunc: withoutMeans,
  }))(x);
}

function withoutMeans(x: Tensor2D): Tensor2D {
  return tf.sub(x, columnMeans(x));
}

/** `x * factor`, `factor` being `[1, D]`. */
export function scaleColumns(x: Tensor2D, factor: Tensor2D): Tensor2D {
  return tf.customGrad<Tensor2D>((values, factors, save) => {
    (save as SaveForGradient)([values as Tensor, factors as Tensor]);
    return {
      value: tf.mul(values as Tensor2D, factors as Tensor2D),
      gradFunc: (dy, [savedValues, savedFactors]: Tensor[]) => [
        tf.mul(dy, savedFactors),
        columnSums(tf.mul<Tensor2D>(dy, savedValues)),
      ],
    };
  })(x, factor);
}

/** `x + offset`, `offset` being `[1, D]`. */
export function shiftColumns(x: Tensor2D, offset: Tensor2D): Tensor2D {
  return tf.customGrad<Tensor2D>((values, offsets) => ({
    value: tf.add(values as Tensor2D, offsets as Tensor2D),
    gradFunc: (dy) => [tf.clone(dy), columnSums(dy)],
  }))(x, offset);
}

/**
 * `1 / sqrt(v)`, NaN where `v` is infinite.
 *
 * An overflowed variance or norm would otherwise scale its column or row to zero: a diverged batch would look like a collapsed one.
 * The gradient is `-r / 2v`: tfjs takes `v^1.5`, which a GPU computes by a logarithm, ten times less exactly; `r^3` would have three times
 * the rounding of `r`.
 */
export function inverseRoot<T extends Tensor>(v: T): T {
  return tf.customGrad<T>((input, save) => {
    const root = tf.add<T>(tf.rsqrt(input as T), tf.mul(input as T, 0));
    (save as SaveForGradient)([root, input as T]);
    return {
      value: root,
      gradFunc: (dy, [savedRoot, savedInput]: Tensor[]) => tf.mul<T>(dy, tf.mul(tf.div(savedRoot, savedInput), -0.5)),
    };
  })(v);
}
