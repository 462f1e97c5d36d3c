import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor } from '../../tf.js';
import { logSoftargmax, softargmax } from './op.js';

describe.each(['wasm', 'cpu'] as const)('softargmax on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const near = (got: Tensor, wanted: number[]): void => {
    got.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 6);
    });
  };

  it('is proportional to the exponential of the scores', () => {
    const z = tf.tensor2d([0, Math.log(3), 5, 5], [2, 2]);
    near(softargmax(z), [0.25, 0.75, 0.5, 0.5]);
    near(logSoftargmax(z), [0.25, 0.75, 0.5, 0.5].map(Math.log));
  });

  it('divides the scores by the temperature', () => {
    near(softargmax(tf.tensor1d([0, 0.1 * Math.log(3)]), { temperature: 0.1 }), [0.25, 0.75]);
  });

  it('tends to one-hot and to uniform', () => {
    near(softargmax(tf.tensor1d([1, 2, 0]), { temperature: 1e-3 }), [0, 1, 0]);
    near(softargmax(tf.tensor1d([1, 2, 0]), { temperature: 1e9 }), [1 / 3, 1 / 3, 1 / 3]);
  });

  it('keeps nearby scores apart where score / temperature has lost their difference', () => {
    // 1000 and 1000 + 2^-13 differ by 0.00122 temperatures; as 1e5 in float32 they would be equal or 0.0078 apart.
    const p = softargmax(tf.tensor1d([1000, 1000 + 2 ** -13]), { temperature: 0.1 }).dataSync();
    expect(p[1] / p[0]).toBeCloseTo(Math.exp(2 ** -13 / 0.1), 6);
  });

  it('does not overflow, and its logarithm stays finite where it underflows', () => {
    const z = tf.tensor1d([1e4, 0]);
    expect(Array.from(softargmax(z).dataSync())).toEqual([1, 0]);
    expect(Array.from(logSoftargmax(z).dataSync())).toEqual([0, -1e4]);
  });

  it('gives a score of -Infinity no probability, and NaN for +Infinity', () => {
    near(softargmax(tf.tensor1d([0, -Infinity, 0])), [0.5, 0, 0.5]);
    expect(softargmax(tf.tensor1d([0, Infinity])).dataSync()[0]).toBeNaN();
  });

  it('refuses scalars and temperatures that are not above 0', () => {
    expect(() => softargmax(tf.scalar(1))).toThrow(ShapeError);
    expect(() => softargmax(tf.zeros([3]), { temperature: 0 })).toThrow(
      new InputError('softargmax: temperature, got 0, wanted a finite number above 0'),
    );
    expect(() => logSoftargmax(tf.zeros([3]), { temperature: -1 })).toThrow(
      new InputError('logSoftargmax: temperature, got -1, wanted a finite number above 0'),
    );
  });
});
