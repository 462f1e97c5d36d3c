import { InputError, ShapeError, tf, useBackend } from '@jembench/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adamw, biasesAndNorms, lars, sgd, type NamedTensors, type Optimiser, type OptimiserState } from './index.js';

const optimisers: Record<string, () => Optimiser> = {
  sgd: () => sgd(),
  nesterov: () => sgd({ nesterov: true }),
  adamw: () => adamw(),
  lars: () => lars(),
  'lars solo-learn': () => lars({ dialect: 'solo-learn' }),
};

const values = { learningRate: 0.1, weightDecay: 0.01 };
const network = (): NamedTensors => ({ 'layer/kernel': tf.tensor2d([[1, -2, 3]]), 'layer/bias': tf.tensor1d([0.5]) });
const slopes = (): NamedTensors => ({
  'layer/kernel': tf.tensor2d([[0.1, 0.2, -0.3]]),
  'layer/bias': tf.tensor1d([4]),
});
const numbers = (tensors: NamedTensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]));

function steps(optimiser: Optimiser, count: number, weights = network(), state = optimiser.init(weights)) {
  for (let t = 0; t < count; t++) {
    ({ weights, state } = optimiser.update(weights, slopes(), state, values));
  }
  return { weights, state };
}

describe.each(['wasm', 'cpu'] as const)('optimisers on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });
  let before = 0;
  beforeEach(() => {
    before = tf.memory().numTensors;
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(before);
  });

  describe.each(Object.entries(optimisers))('%s', (_name, make) => {
    it('makes new tensors, one for each weight and slot, and leaves its arguments alone', () => {
      const optimiser = make();
      const weights = network();
      const gradients = slopes();
      const state = optimiser.init(weights);
      const kept = numbers({ ...weights, ...gradients, ...state.tensors });
      const count = tf.memory().numTensors;
      const next = optimiser.update(weights, gradients, state, values);
      const made = Object.keys(next.weights).length + Object.keys(next.state.tensors).length;
      expect(tf.memory().numTensors - count).toBe(made);
      tf.dispose({ ...next.weights, ...next.state.tensors });
      expect(tf.memory().numTensors).toBe(count);
      expect(numbers({ ...weights, ...gradients, ...state.tensors })).toEqual(kept);
    });

    it('moves against the gradient', () => {
      const { weights } = steps(make(), 1);
      expect(weights['layer/bias'].dataSync()[0]).toBeLessThan(0.5);
    });

    it('continues bit-equal from a state that went through JSON and float32 bytes', () => {
      const optimiser = make();
      const straight = steps(optimiser, 6);
      const half = steps(optimiser, 3);
      const saved = JSON.stringify({
        steps: half.state.steps,
        weights: numbers(half.weights),
        tensors: numbers(half.state.tensors),
      });
      const loaded = JSON.parse(saved) as {
        steps: Record<string, number>;
        weights: Record<string, number[]>;
        tensors: Record<string, number[]>;
      };
      const restore = (data: Record<string, number[]>, like: NamedTensors) =>
        Object.fromEntries(Object.entries(data).map(([name, flat]) => [name, tf.tensor(flat, like[name].shape)]));
      const state: OptimiserState = { steps: loaded.steps, tensors: restore(loaded.tensors, half.state.tensors) };
      const resumed = steps(optimiser, 3, restore(loaded.weights, half.weights), state);
      expect(numbers(resumed.weights)).toEqual(numbers(straight.weights));
      expect(numbers(resumed.state.tensors)).toEqual(numbers(straight.state.tensors));
      expect(resumed.state.steps).toEqual(straight.state.steps);
    });

    it('leaves a weight without gradient, its moments and its count as they are', () => {
      const optimiser = make();
      const { weights, state } = steps(optimiser, 2);
      const { 'layer/bias': bias } = slopes();
      const next = optimiser.update(weights, { 'layer/bias': bias }, state, values);
      expect(numbers(next.weights)['layer/kernel']).toEqual(numbers(weights)['layer/kernel']);
      for (const [slot, data] of Object.entries(numbers(state.tensors))) {
        if (slot.endsWith('kernel')) expect(numbers(next.state.tensors)[slot]).toEqual(data);
      }
      expect(next.state.steps).toEqual({ 'layer/kernel': 2, 'layer/bias': 3 });
    });

    it.each([NaN, Infinity, 1e30])('lets a gradient of %d show, never read as no gradient', (bad) => {
      const optimiser = make();
      const weights = network();
      const gradients = { 'layer/kernel': tf.tensor2d([[bad, 1, 1]]) };
      const next = optimiser.update(weights, gradients, optimiser.init(weights), values);
      const [moved] = next.weights['layer/kernel'].dataSync();
      expect(Number.isFinite(moved) && moved === 1).toBe(false);
    });

    it('does nothing at learning rate 0', () => {
      const optimiser = make();
      const weights = network();
      const next = optimiser.update(weights, slopes(), optimiser.init(weights), { learningRate: 0, weightDecay: 0.1 });
      expect(numbers(next.weights)).toEqual(numbers(weights));
    });

    it('takes a network of no weights', () => {
      const optimiser = make();
      expect(optimiser.update({}, {}, optimiser.init({}), values)).toEqual({
        weights: {},
        state: { steps: {}, tensors: {} },
      });
    });

    it('says which argument is wrong and leaks nothing', () => {
      const optimiser = make();
      const weights = network();
      const state = optimiser.init(weights);
      const count = tf.memory().numTensors;
      expect(() => optimiser.update(weights, {}, state, { learningRate: -1 })).toThrow(InputError);
      expect(() => optimiser.update(weights, {}, state, { learningRate: NaN })).toThrow(/learningRate, got NaN/);
      expect(() => optimiser.update(weights, {}, state, { learningRate: 1, weightDecay: Infinity })).toThrow(
        /weightDecay, got Infinity/,
      );
      expect(tf.memory().numTensors).toBe(count);
      const other = { other: tf.scalar(1) };
      expect(() => optimiser.update(weights, other, state, values)).toThrow(/gradient "other", got no weight/);
      const misshapen = { 'layer/bias': tf.tensor1d([1, 2]) };
      expect(() => optimiser.update(weights, misshapen, state, values)).toThrow(ShapeError);
      expect(() => optimiser.update(weights, misshapen, state, values)).toThrow(
        /"layer\/bias" has shape \[2\], wanted \[1\]/,
      );
      expect(() => optimiser.update({ ...weights, ...other }, {}, state, values)).toThrow(/state of "other", got none/);
    });
  });

  it('applies every group that matches, the later over the earlier', () => {
    const predictor = { matches: (name: string) => name.startsWith('predictor/'), learningRate: 0.5 };
    const optimiser = sgd({ momentum: 0, groups: [{ ...biasesAndNorms, learningRateScale: 0.25 }, predictor] });
    const ones: NamedTensors = {
      'encoder/kernel': tf.ones([1, 1]),
      'encoder/bias': tf.ones([1]),
      'predictor/kernel': tf.ones([1, 1]),
      'predictor/bias': tf.ones([1]),
    };
    const { weights } = optimiser.update(ones, ones, optimiser.init(ones), { learningRate: 0.25, weightDecay: 1 });
    expect(numbers(weights)).toEqual({
      'encoder/kernel': [1 - 0.25 * 2],
      'encoder/bias': [1 - 0.0625],
      'predictor/kernel': [1 - 0.5 * 2],
      'predictor/bias': [1 - 0.5],
    });
  });

  it('takes another rule in place of the composed one', () => {
    const doubled = sgd({
      rule: ({ weight, slots }) => ({ weight: tf.mul(weight, 2), slots: { momentum: tf.clone(slots.momentum) } }),
    });
    const { weights } = steps(doubled, 1);
    expect(numbers(weights)).toEqual({ 'layer/kernel': [2, -4, 6], 'layer/bias': [1] });
  });
});
