import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { contrast } from './op.js';

describe.each(['wasm', 'cpu'] as const)('contrast on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('compares an anchor with its positive and with its negatives', () => {
    // Both views of an image the same, the two images orthogonal: s_ip = 2, two negatives of 0.
    const { total, attraction } = contrast(tf.tensor2d([1, 0, 0, 1, 1, 0, 0, 1], [4, 2]));
    expect(attraction.arraySync()).toBeCloseTo(-2, 6);
    expect(total.arraySync()).toBeCloseTo(Math.log(1 + 2 * Math.exp(-2)), 6);
  });

  it('is not 0 for an anchor so sure that its probability rounds to 1', () => {
    // s_ip = 10, two negatives of -10.
    const z = tf.tensor2d([1, -1, 1, -1], [4, 1]);
    expect(contrast(z, { temperature: 0.1 }).total.arraySync() / (2 * Math.exp(-20))).toBeCloseTo(1, 5);
  });

  it('refuses one image, an odd number of rows and a temperature that is not above 0', () => {
    expect(() => contrast(tf.zeros([2, 3]))).toThrow(new ShapeError('contrast: z has M=2, wanted M >= 4'));
    expect(() => contrast(tf.zeros([5, 3]))).toThrow(ShapeError);
    expect(() => contrast(tf.zeros([4, 3]), { temperature: 0 })).toThrow(InputError);
  });
});
