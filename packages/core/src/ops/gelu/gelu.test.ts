import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { BackendError, ShapeError } from '../../errors.js';
import { tf } from '../../tf.js';
import { gelu } from './op.js';

describe.each(['wasm', 'cpu'] as const)('gelu on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('takes x Phi(x) from a table', () => {
    // Phi(1) = 0.8413447460685429, Phi(-2) = 0.022750131948179195.
    const [zero, one, minusTwo, far] = gelu(tf.tensor1d([0, 1, -2, 20])).dataSync();
    expect(zero).toBe(0);
    expect(Math.abs(one - 0.8413447460685429)).toBeLessThan(2e-7);
    expect(Math.abs(minusTwo + 0.04550026389635839)).toBeLessThan(5e-7);
    expect(far).toBe(20);
  });

  it('keeps NaN', () => {
    expect(gelu(tf.tensor1d([NaN])).dataSync()[0]).toBeNaN();
  });

  it('refuses what is not float32, and a kernel that is not there', () => {
    expect(() => gelu(tf.tensor1d([1], 'int32'))).toThrow(ShapeError);
    if (backend === 'cpu') expect(() => gelu(tf.ones([2]), { implementation: 'wasm' })).toThrow(BackendError);
  });
});
