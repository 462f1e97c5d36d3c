import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { crossEntropy } from './op.js';

describe.each(['wasm', 'cpu'] as const)('crossEntropy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is minus the logarithm of the probability of a one-hot label', () => {
    // exp(scores) = (1, 3): probabilities 1/4 and 3/4; the second row is uniform.
    const scores = tf.tensor2d([0, Math.log(3), 5, 5], [2, 2]);
    const loss = crossEntropy(tf.tensor2d([0, 1, 1, 0], [2, 2]), scores);
    expect(loss.arraySync()).toBeCloseTo((Math.log(4 / 3) + Math.log(2)) / 2, 6);
  });

  it('adds up over added labels', () => {
    const scores = tf.tensor2d([0, 1, 2, 0, -1, 3], [2, 3]);
    const [q, r] = [tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]), tf.tensor2d([0.5, 0.5, 0, 0.2, 0.2, 0.6], [2, 3])];
    const both = crossEntropy(tf.add(q, r), scores, { temperature: 0.5 }).arraySync();
    const sum = crossEntropy(q, scores, { temperature: 0.5 }).arraySync() + crossEntropy(r, scores, { temperature: 0.5 }).arraySync(); // prettier-ignore
    expect(both).toBeCloseTo(sum, 5);
  });

  it('stays finite where a probability underflows', () => {
    expect(crossEntropy(tf.tensor2d([0, 1], [1, 2]), tf.tensor2d([1e4, 0], [1, 2])).arraySync()).toBe(1e4);
  });

  it('refuses shapes that differ and a temperature that is not above 0', () => {
    expect(() => crossEntropy(tf.zeros([2, 8]), tf.zeros([2, 4]))).toThrow(
      new ShapeError('crossEntropy: scores has K=4, wanted K=8 as in targets'),
    );
    expect(() => crossEntropy(tf.zeros([2, 8]), tf.zeros([2, 8]), { temperature: 0 })).toThrow(InputError);
  });
});
