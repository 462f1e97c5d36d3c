import { InputError, tf } from '@jembench/core';
import { inRange } from './checks.js';
import type { WeightGroup } from './groups.js';
import { fusedOrComposed, optimiserOf, type Optimiser, type UpdateRule } from './optimiser.js';

export interface SgdOptions {
  /** 0 to 1; 0.9 by default. */
  readonly momentum: number;
  /** Takes the gradient's share in the momentum down to 1 - dampening, except at the first step; 0 to 1, 0 by default. */
  readonly dampening: number;
  /** Look ahead along the momentum; needs a momentum and no dampening. */
  readonly nesterov: boolean;
  readonly groups: readonly WeightGroup[];
  readonly rule: UpdateRule<'momentum'>;
}

/**
 * Stochastic gradient descent with momentum and (coupled) weight decay.
 *
 *     g = gradient + decay * w
 *     b = g at the first step, momentum * b + (1 - dampening) * g after it
 *     w = w - rate * b,   with nesterov w - rate * (g + momentum * b)
 *
 * Without momentum `b` is always g, whatever the dampening. Decay applies to every weight unless a group takes it out.
 *
 * @throws InputError for an option out of its range.
 * @see torch.optim.SGD, PyTorch 1.13
 */
export function sgd(options: Partial<SgdOptions> = {}): Optimiser {
  const { momentum = 0.9, dampening = 0, nesterov = false, groups = [] } = options;
  inRange('sgd', 'momentum', momentum, 0, 1);
  inRange('sgd', 'dampening', dampening, 0, 1);
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new InputError(
      `sgd: nesterov, got momentum ${momentum} and dampening ${dampening}, wanted a momentum above 0 and dampening 0`,
    );
  }
  const rule = options.rule ?? sgdRule({ momentum, dampening, nesterov });
  return optimiserOf('sgd', momentum === 0 ? [] : ['momentum'], groups, rule);
}

type Memory = Pick<SgdOptions, 'momentum' | 'dampening' | 'nesterov'>;

/** The kernel of the backend where there is one. */
function sgdRule(memory: Memory): SgdOptions['rule'] {
  return fusedOrComposed(composedSgd(memory), (kernels, input) => {
    const { weight, gradient, slots, step, learningRate, weightDecay } = input;
    const buffer = memory.momentum === 0 || step === 1 ? null : slots.momentum;
    const next = kernels.sgd(weight, gradient, buffer, { ...memory, learningRate, weightDecay });
    return { weight: next.weight, slots: { momentum: next.momentum } };
  });
}

/** The rule in tfjs ops, which every backend has. */
export function composedSgd({ momentum, dampening, nesterov }: Memory): SgdOptions['rule'] {
  return ({ weight, gradient, slots, step, learningRate, weightDecay }) => {
    const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
    const first = momentum === 0 || step === 1;
    const b = first ? g : tf.add(tf.mul(slots.momentum, momentum), dampening === 0 ? g : tf.mul(g, 1 - dampening));
    const direction = nesterov ? tf.add(g, tf.mul(b, momentum)) : b;
    // The gradient itself may be the momentum (first step, no decay): a clone keeps the result independent of its owner.
    return { weight: tf.sub(weight, tf.mul(direction, learningRate)), slots: { momentum: tf.clone(b) } };
  };
}
