import { InputError, ShapeError, tf, useBackend, type Tensor3D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { data2vecTargets } from './data2vec-targets.js';
import { gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('data2vecTargets on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const layers = (): Tensor3D[] => [tf.tensor3d([[[100, 200]]]), tf.tensor3d([[[1, 5]]]), tf.tensor3d([[[3, 9]]])];
  const bare = { normaliseLayers: false, normaliseTargets: false };

  it('is the mean of the last layers', () => {
    expect(Array.from(data2vecTargets(layers(), { ...bare, topK: 2 }).dataSync())).toEqual([2, 7]);
    expect(Array.from(data2vecTargets(layers(), { ...bare, topK: 1 }).dataSync())).toEqual([3, 9]);
  });

  it('norms the mean over its channels by default, so that a token of two channels becomes -1 and 1', () => {
    const [low, high] = data2vecTargets(layers(), { topK: 2 }).dataSync();
    expect(low).toBeCloseTo(-1, 5);
    expect(high).toBeCloseTo(1, 5);
  });

  it('gives every layer the same say when it norms the layers', () => {
    const opposite: Tensor3D[] = [tf.tensor3d([[[0, 1000]]]), tf.tensor3d([[[2, -2]]])];
    const targets = data2vecTargets(opposite, { normaliseLayers: true, normaliseTargets: false });
    targets.dataSync().forEach((entry) => {
      expect(entry).toBeCloseTo(0, 4);
    });
  });

  it('averages the last eight layers, or all where there are fewer', () => {
    const ten = Array.from({ length: 10 }, (_, i): Tensor3D => tf.tensor3d([[[i]]]));
    expect(Array.from(data2vecTargets(ten, bare).dataSync())).toEqual([5.5]);
    expect(Array.from(data2vecTargets(ten.slice(0, 3), bare).dataSync())).toEqual([1]);
  });

  it('is a constant', () => {
    const layer = tf.reshape(normal('layer', 6, 4), [2, 3, 4]);
    const [gradient] = gradients((x) => tf.sum(data2vecTargets([x as unknown as Tensor3D])), [layer]);
    expect(value(tf.max(tf.abs(gradient)))).toBe(0);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => data2vecTargets([])).toThrow(ShapeError);
    expect(() => data2vecTargets(layers(), { topK: 4 })).toThrow(InputError);
    expect(() => data2vecTargets(layers(), { topK: 0 })).toThrow(/topK, got 0, wanted an integer from 1 to 3/);
    expect(() => data2vecTargets([...layers(), tf.tensor3d([[[1]]])])).toThrow(
      new ShapeError('data2vecTargets: layers[3] has C=1, wanted C=2 as in layers[0]'),
    );
  });

  it('leaves no tensor behind', () => {
    const some = layers();
    expect(leaked(() => data2vecTargets(some))).toBe(0);
  });
});
