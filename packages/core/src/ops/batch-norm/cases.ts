import type { Tensor1D } from '../../tf.js';
import type { Array64 } from '../array64.js';
import { columnsOf, embeddingCases, meanOverDeviation, normals } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { batchNorm, batchNormFused } from './op.js';
import { batchNormReference } from './reference.js';

const eps = 1e-5;

interface Parameters {
  readonly gamma?: Array64;
  readonly beta?: Array64;
}

function batchNormCase(name: string, x: Array64, spread: number, parameters: Parameters, relu = false): OpCase {
  const inputs = { x, ...parameters };
  const lengthScale = Math.max(spread, Math.sqrt(eps));
  const tolerance = { value: 2, gradient: 4, scale: { gradient: 1 / lengthScale } };
  return {
    name,
    inputs,
    differentiable: Object.keys(inputs),
    lengthScale,
    tolerance,
    // The kernels subtract a rounded mean once; the composed form subtracts what is left of it, too.
    fusedTolerance: { ...tolerance, condition: meanOverDeviation(columnsOf(x), eps) },
    reference: (values) => {
      const { y, ...statistics } = batchNormReference(values.x, values.gamma, values.beta, eps);
      return { y: relu ? { shape: y.shape, data: y.data.map((value) => Math.max(value, 0)) } : y, ...statistics };
    },
    evaluate: (values, implementation) => ({
      ...batchNorm(values.x, values.gamma as Tensor1D | undefined, values.beta as Tensor1D | undefined, {
        eps,
        relu,
        implementation,
      }),
    }),
  };
}

const gamma = (C: number): Array64 => normals('batch norm gamma', [C], 0.3, 1);
const beta = (C: number): Array64 => normals('batch norm beta', [C]);

export const batchNormSuite: OpSuite = {
  op: 'batchNorm',
  implementations: ['composed', ...batchNormFused],
  cases: [
    ...embeddingCases('batch norm').map(({ name, z, spread }) => batchNormCase(name, z, spread, {})),
    batchNormCase('8x16, gamma and beta', normals('batch norm affine', [8, 16]), 1, {
      gamma: gamma(16),
      beta: beta(16),
    }),
    batchNormCase('8x16, beta', normals('batch norm affine', [8, 16]), 1, { beta: beta(16) }),
    batchNormCase('images 2x3x4x5, gamma and beta', normals('batch norm images', [2, 3, 4, 5]), 1, {
      gamma: gamma(5),
      beta: beta(5),
    }),
    batchNormCase('one image 1x4x4x3', normals('batch norm one image', [1, 4, 4, 3]), 1, {}),
    batchNormCase(
      'images 2x3x4x5 with relu',
      normals('batch norm relu', [2, 3, 4, 5]),
      1,
      { gamma: gamma(5), beta: beta(5) },
      true,
    ),
    batchNormCase('7x16 with relu', normals('batch norm relu rows', [7, 16]), 1, {}, true),
  ],
};
