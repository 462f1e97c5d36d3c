import type { Tensor2D } from '../../tf.js';
import { scalar64, type Array64 } from '../array64.js';
import { normals } from '../case-inputs.js';
import { l2NormaliseReference } from '../l2-normalise/reference.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { contrast, contrastFused } from './op.js';
import { contrastReference } from './reference.js';

/** Unit rows, those of the second view `noise` away from the first. */
function views(N: number, D: number, noise: number): Array64 {
  const first = normals(`contrast ${N}x${D}`, [N, D]).data;
  const offset = normals(`contrast noise ${N}x${D}`, [N, D], noise).data;
  const both = Float64Array.from({ length: 2 * N * D }, (_, i) =>
    i < N * D ? first[i] : first[i - N * D] + offset[i - N * D],
  );
  const { shape, data } = l2NormaliseReference({ shape: [2 * N, D], data: both }, 1e-24);
  return { shape, data: data.map(Math.fround) };
}

function contrastCase(name: string, z: Array64, temperature: number): OpCase {
  return {
    name: `${name}, temperature ${temperature}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale: temperature,
    // Cosines of size 1, rounded, are divided by the temperature; a gradient is made of weights of size 1 / temperature N.
    tolerance: {
      value: 2,
      gradient: 4,
      condition: 4 / temperature,
      scale: { value: 1, gradient: 1 / (temperature * z.shape[0]) },
    },
    reference: (inputs) => {
      const { total, attraction } = contrastReference(inputs.z, temperature);
      return { total: scalar64(total), attraction: scalar64(attraction) };
    },
    evaluate: (inputs, implementation) => ({ ...contrast(inputs.z as Tensor2D, { temperature, implementation }) }),
  };
}

export const contrastSuite: OpSuite = {
  op: 'contrast',
  implementations: ['composed', ...contrastFused],
  cases: [
    contrastCase('2x6x8', views(6, 8, 0.5), 0.5),
    contrastCase('2x6x8', views(6, 8, 0.5), 0.1),
    contrastCase('two images 2x2x3', views(2, 3, 0.5), 0.5),
    contrastCase('odd sizes 2x7x13', views(7, 13, 1), 0.2),
    contrastCase('confident 2x5x40', views(5, 40, 1e-3), 0.05),
    contrastCase('one dimension 2x4x1', views(4, 1, 0.1), 1),
  ],
};
