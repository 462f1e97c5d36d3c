import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { ema, emaWeights } from './op.js';

describe.each(['wasm', 'cpu'] as const)('ema on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('moves the teacher by 1 - momentum of the way', () => {
    expect(Array.from(ema(tf.tensor1d([0, 8]), tf.tensor1d([4, 0]), 0.75).dataSync())).toEqual([1, 6]);
  });

  it('leaves the teacher bit by bit at momentum 1, and gives the online weights at 0', () => {
    const teacher = tf.tensor1d([0.1, -3e8, 1e-20]);
    const online = tf.tensor1d([0.7, 2, 5]);
    expect(ema(teacher, online, 1).dataSync()).toEqual(teacher.dataSync());
    expect(ema(tf.tensor1d([4, 8]), tf.tensor1d([1, 2]), 0).dataSync()).toEqual(Float32Array.of(1, 2));
  });

  it('halves the distance with every update at momentum 1/2', () => {
    let teacher = tf.tensor1d([0]);
    for (const wanted of [8, 12, 14, 15]) {
      teacher = ema(teacher, tf.tensor1d([16]), 0.5);
      expect(teacher.dataSync()[0]).toBe(wanted);
    }
  });

  it('refuses other shapes and a momentum out of range', () => {
    expect(() => ema(tf.zeros([3, 2]), tf.zeros([2, 3]), 0.9)).toThrow(
      new ShapeError('ema: online has shape [2,3], wanted [3,2] as teacher'),
    );
    expect(() => ema(tf.zeros([2]), tf.zeros([2]), 1.1)).toThrow(
      new InputError('ema: momentum, got 1.1, wanted a finite number from 0 to 1'),
    );
  });

  it('updates a table of weights by name, and says which name is missing', () => {
    const teacher = { kernel: tf.tensor1d([0]), bias: tf.tensor1d([2]) };
    const after = emaWeights(teacher, { bias: tf.tensor1d([4]), kernel: tf.tensor1d([1]) }, 0.5);
    expect([after.kernel.dataSync()[0], after.bias.dataSync()[0]]).toEqual([0.5, 3]);
    expect(() => emaWeights(teacher, { kernel: tf.tensor1d([1]) }, 0.5)).toThrow(
      new ShapeError('emaWeights: online has no "bias", wanted the names of teacher'),
    );
    expect(() => emaWeights({}, { kernel: tf.tensor1d([1]) }, 0.5)).toThrow(ShapeError);
    expect(() => emaWeights({ kernel: tf.zeros([2]) }, { kernel: tf.zeros([3]) }, 0.5)).toThrow(
      new ShapeError('emaWeights: online "kernel" has shape [3], wanted [2] as in teacher'),
    );
  });
});
