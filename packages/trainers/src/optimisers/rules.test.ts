import { InputError, tf, useBackend } from '@jembench/core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { adamw, clippedByNorm, lars, sgd, type Optimiser } from './index.js';

/** The first weights after each of the given gradients. */
function path(
  optimiser: Optimiser,
  start: number[],
  gradients: number[][],
  learningRate: number,
  weightDecay = 0,
): number[][] {
  let weights: Record<string, ReturnType<typeof tf.tensor>> = { w: tf.tensor(start, [1, start.length]) };
  let state = optimiser.init(weights);
  return gradients.map((flat) => {
    const next = optimiser.update(weights, { w: tf.tensor(flat, [1, flat.length]) }, state, {
      learningRate,
      weightDecay,
    });
    weights = { ...next.weights };
    state = next.state;
    return [...weights.w.dataSync()];
  });
}

describe.each(['wasm', 'cpu'] as const)('update rules on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });
  beforeEach(() => {
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
  });
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(0);
  });

  describe('sgd', () => {
    it('is a plain step without momentum', () => {
      expect(path(sgd({ momentum: 0 }), [1], [[2], [2]], 0.25)).toEqual([[0.5], [0]]);
    });

    it('adds up momentum: 1, 1.5, 1.75 of the gradient', () => {
      expect(path(sgd({ momentum: 0.5 }), [0], [[1], [1], [1]], 1)).toEqual([[-1], [-2.5], [-4.25]]);
    });

    it('dampens every step but the first', () => {
      expect(path(sgd({ momentum: 0.5, dampening: 0.5 }), [0], [[1], [1]], 1)).toEqual([[-1], [-2]]);
    });

    it('does not dampen what has no momentum, as torch', () => {
      expect(path(sgd({ momentum: 0, dampening: 0.5 }), [0], [[1], [1]], 1)).toEqual([[-1], [-2]]);
    });

    it('looks ahead with nesterov: 1 + 0.5 at the first step', () => {
      expect(path(sgd({ momentum: 0.5, nesterov: true }), [0], [[1], [1]], 1)).toEqual([[-1.5], [-3.25]]);
    });

    it('adds the decay to the gradient, so that momentum carries it', () => {
      expect(path(sgd({ momentum: 0.5 }), [1], [[0], [0]], 0.5, 0.5)).toEqual([[0.75], [0.4375]]);
    });

    it('refuses options out of their range', () => {
      expect(() => sgd({ momentum: 1.5 })).toThrow(InputError);
      expect(() => sgd({ nesterov: true, momentum: 0 })).toThrow(/nesterov, got momentum 0/);
      expect(() => sgd({ nesterov: true, dampening: 0.5 })).toThrow(/dampening 0\.5/);
    });
  });

  describe('adamw', () => {
    it('first moves by the learning rate, whatever the size of the gradient', () => {
      for (const g of [1e-3, 1, 1e3]) {
        const wanted = (-0.5 * g) / (g + 1e-8);
        expect(Math.abs(path(adamw(), [0], [[g]], 0.5)[0][0] - wanted)).toBeLessThan(2 ** -22);
      }
    });

    it('stands still where the gradient is 0', () => {
      expect(path(adamw(), [3], [[0], [0]], 0.5)).toEqual([[3], [3]]);
    });

    it('decays by rate * decay, apart from the gradient', () => {
      expect(path(adamw(), [1], [[0], [0]], 0.5, 0.5)).toEqual([[0.75], [0.5625]]);
    });

    it('keeps 1 - beta2 exact: a constant gradient gives v = g^2 (1 - beta2^t)', () => {
      const optimiser = adamw();
      let weights: Record<string, ReturnType<typeof tf.tensor>> = { w: tf.scalar(0) };
      let state = optimiser.init(weights);
      for (let t = 1; t <= 20; t++) {
        const next = optimiser.update(weights, { w: tf.scalar(1) }, state, { learningRate: 0 });
        weights = { ...next.weights };
        state = next.state;
        const wanted = 1 - 0.999 ** t;
        expect(Math.abs(state.tensors['second/w'].dataSync()[0] - wanted) / wanted).toBeLessThan(t * 2 ** -24);
      }
    });

    it('refuses options out of their range', () => {
      expect(() => adamw({ beta1: 1 })).toThrow(/beta1, got 1/);
      expect(() => adamw({ beta2: -0.1 })).toThrow(InputError);
      expect(() => adamw({ eps: 0 })).toThrow(/eps, got 0/);
    });
  });

  describe('lars', () => {
    // |w| = 5 and |g| = 10, so q = eta / 2.
    const [w, g] = [
      [3, 4],
      [6, 8],
    ];

    it('scales the gradient to eta times the size of the weight', () => {
      const [[x, y]] = path(lars({ eta: 0.5, momentum: 0 }), w, [g], 1);
      expect([x, y]).toEqual([3 - 1.5, 4 - 2]);
    });

    it('does not depend on the scale of the gradient', () => {
      const [near] = path(lars({ eta: 0.5 }), w, [g], 1);
      const [far] = path(lars({ eta: 0.5 }), w, [[6 * 1024, 8 * 1024]], 1);
      expect(far).toEqual(near);
    });

    it('counts the decay into the gradient before measuring it', () => {
      // g + w = (9, 12), of norm 15: q = 0.5 * 5 / 15.
      const [[x, y]] = path(lars({ eta: 0.5, momentum: 0 }), w, [g], 1, 1);
      expect(x).toBeCloseTo(3 - 1.5, 6);
      expect(y).toBeCloseTo(4 - 2, 6);
    });

    it('steps plainly where the weight or the gradient is 0', () => {
      expect(path(lars({ momentum: 0 }), [0, 0], [g], 0.5)).toEqual([[-3, -4]]);
      expect(path(lars({ momentum: 0 }), w, [[0, 0]], 0.5)).toEqual([w]);
    });

    it('leaves biases alone: no decay, no adaptation', () => {
      const optimiser = lars({ momentum: 0 });
      const weights = { bias: tf.tensor1d([1]) };
      const next = optimiser.update(weights, { bias: tf.tensor1d([0.25]) }, optimiser.init(weights), {
        learningRate: 1,
        weightDecay: 9,
      });
      expect([...next.weights.bias.dataSync()]).toEqual([0.75]);
    });

    it('adapts them when no group excludes them', () => {
      const optimiser = lars({ momentum: 0, eta: 0.5, groups: [] });
      const weights = { bias: tf.tensor1d([1]) };
      const next = optimiser.update(weights, { bias: tf.tensor1d([0.25]) }, optimiser.init(weights), {
        learningRate: 1,
      });
      expect([...next.weights.bias.dataSync()]).toEqual([0.5]);
    });

    it('in the solo-learn dialect never exceeds the learning rate', () => {
      // eta |w| / |g| = 0.25: at rate 0.125 the ratio 2 is cut to 1, at rate 0.5 it is 0.5 and the rate itself cancels.
      const clipped = lars({ dialect: 'solo-learn', eta: 0.5, momentum: 0 });
      expect(path(clipped, w, [g], 0.125)).toEqual([[3 - 0.125 * 6, 4 - 0.125 * 8]]);
      expect(path(clipped, w, [g], 0.5)).toEqual([[3 - 0.25 * 6, 4 - 0.25 * 8]]);
      expect(path(clipped, w, [g], 2)).toEqual([[3 - 0.25 * 6, 4 - 0.25 * 8]]);
    });

    it('in the solo-learn dialect leaves the decay out where a norm is 0', () => {
      expect(path(lars({ dialect: 'solo-learn', momentum: 0 }), w, [[0, 0]], 1, 1)).toEqual([w]);
    });

    it('refuses options out of their range', () => {
      expect(() => lars({ eta: 0 })).toThrow(/eta, got 0/);
      expect(() => lars({ dialect: 'vicreg' as 'official' })).toThrow(
        /dialect, got "vicreg", wanted one of official, solo-learn/,
      );
    });
  });

  describe('clippedByNorm', () => {
    const clipped = (flat: number[]) => [...clippedByNorm({ g: tf.tensor1d(flat) }, 3).g.dataSync()];

    it('shortens a gradient of norm 30 to 3, to the 1e-6 in the formula', () => {
      const [x, y] = clipped([18, 24]);
      expect(x).toBeCloseTo(1.8, 6);
      expect(y).toBeCloseTo(2.4, 6);
    });

    it('leaves a short one exactly as it is, zeros too', () => {
      expect(clipped([0.5, -1.25])).toEqual([0.5, -1.25]);
      expect(clipped([0, 0])).toEqual([0, 0]);
    });

    it('measures each weight by itself', () => {
      const { a, b } = clippedByNorm({ a: tf.tensor1d([300]), b: tf.tensor1d([2]) }, 3);
      expect(a.dataSync()[0]).toBeCloseTo(3, 5);
      expect(b.dataSync()[0]).toBe(2);
    });

    it('never turns NaN, Infinity or an overflow into 0', () => {
      for (const bad of [NaN, Infinity, 1e30]) expect(clipped([bad, 1])).toEqual([NaN, NaN]);
    });

    it('refuses a limit that is not above 0', () => {
      expect(() => clippedByNorm({}, 0)).toThrow(InputError);
      expect(() => clippedByNorm({}, NaN)).toThrow(/limit, got NaN/);
    });
  });
});
