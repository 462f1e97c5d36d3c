import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await registerTrainingKernels();
});

const image = (values: number[], size: number): tf.Tensor4D => tf.tensor4d(values, [1, size, size, 1]);
const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

describe('the gradient of pooling', () => {
  it('goes to the maximum of a window of negative numbers', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(
        image([-4, -3, -2, -1], 2),
        image([7], 1),
      );
      expect(values(gradient)).toEqual([0, 0, 0, 7]);
    });
  });

  it('goes to the first of equal maxima, and to none where all is -Infinity', () => {
    tf.tidy(() => {
      const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
      expect(values(tf.grad(pool)(image([0, 0, 0, 0], 2), image([7], 1)))).toEqual([7, 0, 0, 0]);
      expect(values(tf.grad(pool)(image([-Infinity, -Infinity, -Infinity, -Infinity], 2), image([7], 1)))).toEqual([
        0, 0, 0, 0,
      ]);
    });
  });

  it('shares a mean among the elements that it was taken over, at a padded edge too', () => {
    tf.tidy(() => {
      // Window 2, stride 2, 'same' on 3 x 3: the last row and column are windows of two elements, the corner of one.
      const x = image([1, 2, 3, 4, 5, 6, 7, 8, 9], 3);
      const pool = (a: tf.Tensor): tf.Tensor => tf.avgPool(a as tf.Tensor4D, 2, 2, 'same');
      expect(values(pool(x))).toEqual([3, 4.5, 7.5, 9]);
      expect(values(tf.grad(pool)(x, image([4, 2, 2, 1], 2)))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    });
  });
});
