import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './backends/use-backend.js';
import { checkChoice, checkNumber, checkSameShape, checkShapes } from './checks.js';
import { InputError, ShapeError } from './errors.js';
import { tf, type Tensor } from './tf.js';

beforeAll(() => useBackend('cpu'));

function shaped(...shape: number[]): Tensor {
  return tf.zeros(shape);
}

describe('checkShapes', () => {
  it('returns the sizes of the letters', () => {
    expect(checkShapes('f', { a: [shaped(2, 3), 'N D'], b: [shaped(5, 3), 'K D'] })).toEqual({ N: 2, D: 3, K: 5 });
    expect(checkShapes('f', { x: [shaped(2, 4, 4, 3), '... C'], gamma: [shaped(3), 'C'] })).toEqual({ C: 3 });
  });

  it.each([
    [
      () => checkShapes('barlowTwins', { a: [shaped(2, 8), 'N D'], b: [shaped(2, 4), 'N D'] }),
      'barlowTwins: b has D=4, wanted D=8 as in a',
    ],
    [() => checkShapes('covariance', { z: [shaped(1, 8), 'N D'] }, { N: 2 }), 'covariance: z has N=1, wanted N >= 2'],
    [() => checkShapes('covariance', { z: [shaped(0, 8), 'N D'] }), 'covariance: z has N=0, wanted N >= 1'],
    [
      () => checkShapes('covariance', { z: [shaped(2, 3, 4), 'N D'] }),
      'covariance: z has rank 3, shape [2,3,4], wanted [N, D]',
    ],
    [
      () => checkShapes('layerNorm', { x: [tf.scalar(1), '... D'] }),
      'layerNorm: x has rank 0, shape [], wanted [..., D]',
    ],
    [
      () => checkShapes('layerNorm', { x: [shaped(0, 3), '... D'] }),
      'layerNorm: x is empty, got shape [0,3], wanted no axis of size 0',
    ],
    [
      () => checkShapes('covariance', { z: [tf.zeros([2, 2], 'int32'), 'N D'] }),
      'covariance: z has dtype int32, wanted float32; convert it with tf.cast',
    ],
    [
      () => {
        checkSameShape('ema', 'online', shaped(2, 3), 'teacher', shaped(3, 2));
      },
      'ema: online has shape [2,3], wanted [3,2] as teacher',
    ],
  ])('says what is wrong (%#)', (check, message) => {
    expect(check).toThrow(ShapeError);
    expect(check).toThrow(message);
  });
});

describe('checkNumber', () => {
  it('returns a number within its bounds, the inclusive ones themselves', () => {
    expect(checkNumber('f', 'x', 0, { from: 0, to: 1 })).toBe(0);
    expect(checkNumber('f', 'x', 1, { from: 0, to: 1 })).toBe(1);
  });

  it.each([
    [0, { above: 0 }, 'sinkhorn: epsilon, got 0, wanted a finite number above 0'],
    [NaN, {}, 'sinkhorn: epsilon, got NaN, wanted a finite number'],
    [Infinity, { from: 0 }, 'sinkhorn: epsilon, got Infinity, wanted a finite number from 0'],
    [1, { from: 0, below: 1 }, 'sinkhorn: epsilon, got 1, wanted a finite number from 0 below 1'],
    [1.5, { from: 0, integer: true }, 'sinkhorn: epsilon, got 1.5, wanted an integer from 0'],
  ])('refuses %d', (value, bounds, message) => {
    expect(() => checkNumber('sinkhorn', 'epsilon', value, bounds)).toThrow(InputError);
    expect(() => checkNumber('sinkhorn', 'epsilon', value, bounds)).toThrow(message);
  });
});

describe('checkChoice', () => {
  it('lists the choices for one it does not know', () => {
    expect(checkChoice('sinkhorn', 'domain', 'log', ['auto', 'plain', 'log'])).toBe('log');
    expect(() => checkChoice('sinkhorn', 'domain', 'logs', ['auto', 'plain', 'log'])).toThrow(
      'sinkhorn: domain, got "logs", wanted one of auto, plain, log',
    );
  });
});
