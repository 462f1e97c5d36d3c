import type { Tensor1D } from '../../tf.js';
import { embeddingCases, meanOverDeviation, normals, rowsOf } from '../case-inputs.js';
import type { Array64 } from '../array64.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { layerNorm, layerNormFused } from './op.js';
import { layerNormReference } from './reference.js';

const eps = 1e-5;

interface Parameters {
  readonly gamma?: Array64;
  readonly beta?: Array64;
}

function layerNormCase(name: string, x: Array64, spread: number, parameters: Parameters): OpCase {
  const inputs = { x, ...parameters };
  const tolerance = { value: 2, gradient: 4 };
  return {
    name,
    inputs,
    differentiable: Object.keys(inputs),
    lengthScale: Math.max(spread, Math.sqrt(eps)),
    tolerance,
    // The kernels subtract a rounded mean once; the composed form subtracts what is left of it, too.
    fusedTolerance: { ...tolerance, condition: meanOverDeviation(rowsOf(x), eps) },
    reference: (values) => ({ y: layerNormReference(values.x, values.gamma, values.beta, eps) }),
    evaluate: (values, implementation) => ({
      y: layerNorm(values.x, values.gamma as Tensor1D | undefined, values.beta as Tensor1D | undefined, {
        eps,
        implementation,
      }),
    }),
  };
}

const gamma = (D: number): Array64 => normals('layer norm gamma', [D], 0.3, 1);
const beta = (D: number): Array64 => normals('layer norm beta', [D]);

export const layerNormSuite: OpSuite = {
  op: 'layerNorm',
  implementations: ['composed', ...layerNormFused],
  cases: [
    ...embeddingCases('layer norm')
      // A row of one element is constant, whatever its spread over the batch.
      .map(({ name, z, spread }) => layerNormCase(name, z, z.shape[1] === 1 ? 0 : spread, {})),
    layerNormCase('8x16, gamma and beta', normals('layer norm affine', [8, 16]), 1, {
      gamma: gamma(16),
      beta: beta(16),
    }),
    layerNormCase('8x16, gamma', normals('layer norm affine', [8, 16]), 1, { gamma: gamma(16) }),
    layerNormCase('2x5x12, gamma and beta', normals('layer norm tokens', [2, 5, 12]), 1, {
      gamma: gamma(12),
      beta: beta(12),
    }),
  ],
};
