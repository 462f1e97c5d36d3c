import { tf, type Tensor } from '@jembench/core';
import { inRange } from './checks.js';
import { euclideanNorm, nanUnlessFinite } from './norm.js';
import type { NamedTensors } from './optimiser.js';

/**
 * Each gradient scaled down to norm `limit` where it is longer: `g * min(1, limit / (|g| + 1e-6))`, one norm for each weight.
 *
 * A gradient whose norm is NaN or overflows comes out as NaN, never as 0. The results are new tensors.
 *
 * @param limit above 0; 3 in DINO's recipe.
 * @see facebookresearch/dino@7c446df utils.py clip_gradients
 */
export function clippedByNorm(gradients: NamedTensors, limit: number): NamedTensors {
  inRange('clippedByNorm', 'limit', limit, Number.MIN_VALUE);
  return tf.tidy(() => {
    const clipped: Record<string, Tensor> = {};
    for (const [name, gradient] of Object.entries(gradients)) {
      clipped[name] = tf.tidy(() => {
        const norm = euclideanNorm(gradient);
        const factor = tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1);
        return tf.mul(gradient, tf.add(factor, nanUnlessFinite(norm)));
      });
    }
    return clipped;
  });
}
