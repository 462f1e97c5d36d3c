import { InputError, tf, type Tensor } from '@jembench/core';
import { inRange } from './checks.js';
import { biasesAndNorms, type WeightGroup } from './groups.js';
import { euclideanNorm, nanUnlessFinite } from './norm.js';
import { fusedOrComposed, optimiserOf, type Optimiser, type RuleInput, type UpdateRule } from './optimiser.js';

export interface LarsOptions {
  /** 0 to 1; 0.9 by default. */
  readonly momentum: number;
  /** The trust coefficient, above 0: 0.001 by default, 0.02 for `solo-learn`. */
  readonly eta: number;
  readonly dialect: 'official' | 'solo-learn';
  /** `[biasesAndNorms]` by default. */
  readonly groups: readonly WeightGroup[];
  readonly rule: UpdateRule<'momentum'>;
}

/**
 * Layer-wise adaptive rate scaling: SGD with momentum, each weight's gradient scaled by the size of the weight.
 *
 *     official:    g = gradient + decay * w,   g = q * g,   q = eta * |w| / |g|
 *     solo-learn:  g = q * (gradient + decay * w),          q = min(1, eta * |w| / (|gradient| + decay * |w| + 1e-8) / rate)
 *     b = momentum * b + g,   w = w - rate * b
 *
 * `q` is 1 where a norm is 0 (solo-learn then leaves the decay out too) and for weights whose group has `adaptation: false`.
 * solo-learn's form is the one of its CIFAR recipes, `clip_lr: True`: the adapted rate never exceeds the learning rate.
 *
 * @throws InputError for an option out of its range.
 * @see You et al., arXiv:1708.03888; facebookresearch/vicreg@4e12602 main_vicreg.py, facebookresearch/barlowtwins@8e8d284 main.py;
 *   vturrisi/solo-learn@9187ea3 solo/utils/lars.py
 */
export function lars(options: Partial<LarsOptions> = {}): Optimiser {
  const { momentum = 0.9, dialect = 'official', groups = [biasesAndNorms] } = options;
  const eta = options.eta ?? (dialect === 'official' ? 0.001 : 0.02);
  inRange('lars', 'momentum', momentum, 0, 1);
  inRange('lars', 'eta', eta, Number.MIN_VALUE);
  if (!Object.hasOwn(dialects, dialect)) {
    throw new InputError(`lars: dialect, got "${dialect}", wanted one of ${Object.keys(dialects).join(', ')}`);
  }
  const composed = composedLars({ momentum, eta, dialect });
  const rule = options.rule ?? (dialect === 'official' ? larsRule({ momentum, eta }, composed) : composed);
  return optimiserOf('lars', momentum === 0 ? [] : ['momentum'], groups, rule);
}

/** The kernel of the backend where there is one. */
function larsRule(
  { momentum, eta }: Pick<LarsOptions, 'momentum' | 'eta'>,
  composed: LarsOptions['rule'],
): LarsOptions['rule'] {
  return fusedOrComposed(composed, (kernels, input) => {
    const { weight, gradient, slots, learningRate, weightDecay, adaptation } = input;
    // Without momentum there is no slot; the momentum of the gradient alone is the gradient.
    const before = momentum === 0 ? tf.zerosLike(gradient) : slots.momentum;
    const common = { momentum, learningRate, weightDecay };
    const next = adaptation
      ? kernels.lars(weight, gradient, before, { ...common, eta })
      : kernels.sgd(weight, gradient, before, { ...common, dampening: 0, nesterov: false });
    return { weight: next.weight, slots: { momentum: next.momentum } };
  });
}

/** The rule in tfjs ops, which every backend has. */
export function composedLars({
  momentum,
  eta,
  dialect,
}: Pick<LarsOptions, 'momentum' | 'eta' | 'dialect'>): LarsOptions['rule'] {
  return (input) => {
    const g = input.adaptation ? dialects[dialect](input, eta) : decayed(input);
    const b = momentum === 0 ? g : tf.add(tf.mul(input.slots.momentum, momentum), g);
    return { weight: tf.sub(input.weight, tf.mul(b, input.learningRate)), slots: { momentum: tf.clone(b) } };
  };
}

const dialects = { official, 'solo-learn': soloLearn } as const;

function decayed({ gradient, weight, weightDecay }: RuleInput<'momentum'>): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
}

function official(input: RuleInput<'momentum'>, eta: number): Tensor {
  const g = decayed(input);
  const size = euclideanNorm(input.weight);
  const slope = euclideanNorm(g);
  const both = tf.logicalAnd(tf.greater(size, 0), tf.greater(slope, 0));
  const q = tf.where(both, tf.div(tf.mul(size, eta), slope), tf.onesLike(slope));
  return tf.mul(g, tf.add(q, nanUnlessFinite(slope)));
}

function soloLearn(input: RuleInput<'momentum'>, eta: number): Tensor {
  const { gradient, weight, weightDecay, learningRate } = input;
  const size = euclideanNorm(weight);
  const slope = euclideanNorm(gradient);
  const both = tf.logicalAnd(tf.greater(size, 0), tf.greater(slope, 0));
  const ratio = tf.div(tf.mul(size, eta), tf.add(tf.add(slope, tf.mul(size, weightDecay)), 1e-8));
  const q = tf.add(tf.minimum(tf.div(ratio, learningRate), 1), nanUnlessFinite(slope));
  return tf.where(both, tf.mul(decayed(input), q), tf.add(gradient, nanUnlessFinite(slope)));
}
