import { rootStream, tf, useBackend, type Tensor } from '@jembench/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composedAdamW } from './adamw.js';
import { adamw, biasesAndNorms, lars, sgd, type NamedTensors, type Optimiser } from './index.js';
import { composedLars } from './lars.js';
import { composedSgd } from './sgd.js';

const memory = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };
const nesterov = { momentum: 0.9, dampening: 0, nesterov: true };
const dampened = { momentum: 0.9, dampening: 0.5, nesterov: false };
const plain = { momentum: 0, dampening: 0, nesterov: false };
const official = { momentum: 0.9, eta: 0.001, dialect: 'official' as const };
const groups = [biasesAndNorms];

/** Each optimiser with its kernel, and with its rule of tfjs ops. */
const pairs: Record<string, [Optimiser, Optimiser]> = {
  adamw: [adamw({ groups }), adamw({ groups, rule: composedAdamW(memory) })],
  'sgd, nesterov': [sgd({ ...nesterov, groups }), sgd({ ...nesterov, groups, rule: composedSgd(nesterov) })],
  'sgd, dampened': [sgd(dampened), sgd({ ...dampened, rule: composedSgd(dampened) })],
  'sgd without momentum': [sgd(plain), sgd({ ...plain, rule: composedSgd(plain) })],
  lars: [lars(official), lars({ ...official, rule: composedLars(official) })],
  'lars without momentum': [
    lars({ ...official, momentum: 0 }),
    lars({ ...official, momentum: 0, rule: composedLars({ ...official, momentum: 0 }) }),
  ],
};

const shapes: Record<string, number[]> = { 'conv/kernel': [3, 3, 5, 7], 'fc/kernel': [61, 33], 'fc/bias': [33] };

function normals(name: string, scale: number): NamedTensors {
  const stream = rootStream(0).fork(name);
  const tensor = (shape: number[]): Tensor =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * stream.normal()),
      shape,
    );
  return Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, tensor(shape)]));
}

const rates = { learningRate: 0.01, weightDecay: 0.05 };
const steps = 20;

function trained(optimiser: Optimiser): Tensor[] {
  let weights = normals('weights', 0.1);
  let state = optimiser.init(weights);
  for (let t = 0; t < steps; t++) {
    ({ weights, state } = optimiser.update(weights, normals(`gradients ${t}`, 1e-2), state, rates));
  }
  return [...Object.values(weights), ...Object.values(state.tensors)];
}

describe('kernels of the optimisers', () => {
  beforeAll(async () => {
    await useBackend('wasm');
  });
  beforeEach(() => {
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(0);
  });

  it.each(Object.entries(pairs))(
    '%s ends where the rule of tfjs ops ends, to a few roundings a step',
    (_name, pair) => {
      const [fused, composed] = pair.map(trained);
      composed.forEach((wanted, i) => {
        const scale = tf.max(tf.abs(wanted)).dataSync()[0];
        const error = tf.max(tf.abs(tf.sub(wanted, fused[i]))).dataSync()[0];
        expect(error).toBeLessThanOrEqual(4 * steps * 2 ** -24 * scale);
      });
    },
  );

  it.each(Object.entries(pairs))('%s has an empty weight stay one, in both forms', (_name, pair) => {
    for (const optimiser of pair) {
      const none = { weight: tf.zeros([0, 7]) };
      const { weights, state } = optimiser.update(none, none, optimiser.init(none), rates);
      for (const tensor of [...Object.values(weights), ...Object.values(state.tensors)]) {
        expect(tensor.shape).toEqual([0, 7]);
        expect(tensor.dataSync()).toHaveLength(0);
      }
    }
  });

  it.each(Object.entries(pairs))(
    '%s takes denormal weights and gradients as the rule of tfjs ops does',
    (_name, pair) => {
      const small = (name: string): NamedTensors => {
        const values = normals(name, 1)['fc/bias'].dataSync();
        return { weight: tf.tensor1d(Float32Array.from(values, (value) => value * 2 ** -127)) };
      };
      const [fused, composed] = pair.map((optimiser) => {
        const { weights, state } = optimiser.update(
          small('weights'),
          small('gradients'),
          optimiser.init(small('none')),
          rates,
        );
        return [...Object.values(weights), ...Object.values(state.tensors)].map((tensor) => tensor.dataSync());
      });
      // A step of AdamW's first moment is worth the rate over eps in the weight.
      const allowed = 2 ** -149 * 2 * (1 + (pair[0].name === 'adamw' ? rates.learningRate / memory.eps : 1));
      composed.forEach((wanted, i) => {
        wanted.forEach((value, j) => {
          expect(Math.abs(value - fused[i][j])).toBeLessThanOrEqual(allowed);
        });
      });
      expect(fused[0].some((value) => value !== 0)).toBe(true);
    },
  );
});
