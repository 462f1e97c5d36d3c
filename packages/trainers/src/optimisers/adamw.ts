import { tf, type Tensor } from '@jembench/core';
import { inRange } from './checks.js';
import type { WeightGroup } from './groups.js';
import { fusedOrComposed, optimiserOf, type Optimiser, type UpdateRule } from './optimiser.js';

export interface AdamWOptions {
  /** Memory of the gradient, in [0, 1); 0.9 by default. */
  readonly beta1: number;
  /** Memory of its square, in [0, 1); 0.999 by default. */
  readonly beta2: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly eps: number;
  readonly groups: readonly WeightGroup[];
  readonly rule: UpdateRule<'first' | 'second'>;
}

/**
 * Adam with decoupled weight decay.
 *
 *     w = w * (1 - rate * decay)
 *     m = beta1 * m + (1 - beta1) * g,   v = beta2 * v + (1 - beta2) * g^2
 *     w = w - rate * (m / (1 - beta1^t)) / (sqrt(v) / sqrt(1 - beta2^t) + eps),   t = 1, 2, ...
 *
 * The moments are computed as `m + (1 - beta1) * (g - m)`: in float32 the two rounded factors of the formula above do not add up to 1,
 * which for beta2 0.999 is a relative error of 3e-5 in v.
 *
 * @throws InputError for an option out of its range.
 * @see torch.optim.AdamW, PyTorch 1.13; Loshchilov and Hutter, arXiv:1711.05101
 */
export function adamw(options: Partial<AdamWOptions> = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, groups = [] } = options;
  const below1 = 1 - Number.EPSILON / 2;
  inRange('adamw', 'beta1', beta1, 0, below1);
  inRange('adamw', 'beta2', beta2, 0, below1);
  inRange('adamw', 'eps', eps, Number.MIN_VALUE);
  const rule = options.rule ?? adamwRule({ beta1, beta2, eps });
  return optimiserOf('adamw', ['first', 'second'], groups, rule);
}

type Memory = Pick<AdamWOptions, 'beta1' | 'beta2' | 'eps'>;

/** The kernel of the backend where there is one. */
function adamwRule(memory: Memory): AdamWOptions['rule'] {
  return fusedOrComposed(composedAdamW(memory), (kernels, input) => {
    const { weight, gradient, slots, step, learningRate, weightDecay } = input;
    const options = { ...memory, step, learningRate, weightDecay };
    const { weight: next, first, second } = kernels.adamw(weight, gradient, slots.first, slots.second, options);
    return { weight: next, slots: { first, second } };
  });
}

/** The rule in tfjs ops, which every backend has. */
export function composedAdamW({ beta1, beta2, eps }: Memory): AdamWOptions['rule'] {
  return ({ weight, gradient, slots, step, learningRate, weightDecay }) => {
    const first = tf.add(slots.first, tf.mul(tf.sub(gradient, slots.first), 1 - beta1));
    const second = tf.add(slots.second, tf.mul(tf.sub(tf.square(gradient), slots.second), 1 - beta2));
    const denominator = tf.add(tf.mul(tf.sqrt(second), 1 / Math.sqrt(1 - beta2 ** step)), eps);
    let change: Tensor = tf.mul(tf.div(first, denominator), learningRate / (1 - beta1 ** step));
    if (weightDecay !== 0) change = tf.add(change, tf.mul(weight, learningRate * weightDecay));
    return { weight: tf.sub(weight, change), slots: { first, second } };
  };
}
