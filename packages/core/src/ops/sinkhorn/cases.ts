import type { Tensor2D } from '../../tf.js';
import type { Array64 } from '../array64.js';
import { normals, uniforms } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { sinkhorn, sinkhornFused, type SinkhornOptions } from './op.js';
import { sinkhornReference } from './reference.js';

type Settings = Pick<SinkhornOptions, 'epsilon' | 'iterations' | 'domain'>;

const official: Settings = { epsilon: 0.05, iterations: 3, domain: 'auto' };

function sinkhornCase(name: string, scores: Array64, settings: Settings): OpCase {
  const { epsilon, iterations, domain } = settings;
  const range = (Math.max(...scores.data) - Math.min(...scores.data)) / epsilon;
  return {
    name: `${name}, epsilon ${epsilon}, ${iterations} iterations, ${domain}`,
    inputs: { scores },
    differentiable: [],
    lengthScale: epsilon,
    // The rounding of score / epsilon goes through the exponential; the log domain leaves half of it at most in the elements that decide.
    tolerance: { value: 2, gradient: 0, condition: domain === 'log' || range > 40 ? range / 2 : range },
    reference: (inputs) => ({ q: sinkhornReference(inputs.scores, epsilon, iterations) }),
    evaluate: (inputs, implementation) => ({ q: sinkhorn(inputs.scores as Tensor2D, { ...settings, implementation }) }),
  };
}

const cosines = (path: string, N: number, K: number): Array64 => uniforms(`sinkhorn ${path}`, [N, K], -1, 1);

/** Every sample with nearly the same scores. */
function collapsed(): Array64 {
  const { shape, data } = normals('sinkhorn collapsed', [12, 7], 1e-3);
  const prototypes = cosines('collapsed', 1, 7).data;
  return { shape, data: data.map((value, i) => Math.fround(prototypes[i % 7] + value)) };
}

export const sinkhornSuite: OpSuite = {
  op: 'sinkhorn',
  implementations: ['composed', ...sinkhornFused],
  cases: [
    sinkhornCase('24x6', cosines('24x6', 24, 6), official),
    sinkhornCase('6x24', cosines('6x24', 6, 24), official),
    sinkhornCase('odd sizes 7x13', cosines('7x13', 7, 13), official),
    sinkhornCase('one sample 1x5', cosines('1x5', 1, 5), official),
    sinkhornCase('one prototype 5x1', cosines('5x1', 5, 1), official),
    sinkhornCase('24x6', cosines('24x6', 24, 6), { ...official, domain: 'plain' }),
    sinkhornCase('24x6', cosines('24x6', 24, 6), { ...official, domain: 'log' }),
    sinkhornCase('24x6', cosines('24x6', 24, 6), { ...official, iterations: 0 }),
    sinkhornCase('24x6', cosines('24x6', 24, 6), { ...official, iterations: 0, domain: 'log' }),
    sinkhornCase('24x6', cosines('24x6', 24, 6), { ...official, iterations: 100 }),
    sinkhornCase('nearly uniform 10x10', cosines('10x10', 10, 10), { ...official, epsilon: 1e4 }),
    // exp(score / epsilon) is beyond float32 from here on.
    sinkhornCase('nearly hard 10x10', cosines('10x10', 10, 10), { ...official, epsilon: 0.01 }),
    sinkhornCase('hard 16x8', cosines('16x8', 16, 8), { ...official, epsilon: 0.004, iterations: 50 }),
    sinkhornCase('hard 16x8', cosines('16x8', 16, 8), { ...official, epsilon: 1e-3 }),
    sinkhornCase('large scores 8x5', normals('sinkhorn large', [8, 5], 100), { ...official, epsilon: 1 }),
    sinkhornCase('collapsed 12x7', collapsed(), official),
  ],
};
