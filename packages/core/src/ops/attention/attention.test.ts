import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { attention } from './op.js';

describe.each(['wasm', 'cpu'] as const)('attention on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('averages the values where all keys are alike', () => {
    // Two positions of q = 1, k = 1, v = 2 and 6.
    const qkv = tf.tensor3d([1, 1, 2, 1, 1, 6], [1, 2, 3]);
    expect(Array.from(attention(qkv, 1).dataSync())).toEqual([4, 4]);
  });

  it('weights by the softmax of the scaled scores', () => {
    // q = 1, k = log 3 and 0: weights 3/4 and 1/4.
    const qkv = tf.tensor3d([1, Math.log(3), 8, 1, 0, 4], [1, 2, 3]);
    attention(qkv, 1)
      .dataSync()
      .forEach((value) => {
        expect(value).toBeCloseTo(7, 5);
      });
  });

  it('keeps heads apart', () => {
    // Head 1 sees q = 0; head 2 sees only its own columns: v 1 and 3.
    const qkv = tf.tensor3d([0, 0, 9, 9, 5, 1, 0, 0, 9, 9, 7, 3], [1, 2, 6]);
    expect(Array.from(attention(qkv, 2).dataSync())).toEqual([6, 2, 6, 2]);
  });

  it('says what does not fit', () => {
    expect(() => attention(tf.zeros([1, 2, 20]), 2)).toThrow(
      new ShapeError('attention: qkv has width 20, wanted a multiple of 3 x 2 heads'),
    );
    expect(() => attention(tf.zeros([1, 2, 12]), 0)).toThrow(InputError);
    expect(() => attention(tf.zeros([1, 2, 12]), 1.5)).toThrow(InputError);
  });
});
