import type { Tensor2D } from '../../tf.js';
import { embeddingCases, typicalEmbeddings, type Embeddings } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { covariance, covarianceFused, type MomentOptions } from './op.js';
import { covarianceReference } from './reference.js';

function covarianceCase({ name, z, spread }: Embeddings, { centred, ddof }: MomentOptions): OpCase {
  return {
    name: `${name}, ${centred ? 'centred' : 'as it is'}, ddof ${ddof}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale: spread || 1,
    // The gradient of a constant batch is zero; that of its finite differences nearly.
    tolerance: { value: 2, gradient: 2, scale: { gradient: spread === 0 ? 1 : 0 } },
    reference: (inputs) => ({ c: covarianceReference(inputs.z, centred, ddof) }),
    evaluate: (inputs, implementation) => ({ c: covariance(inputs.z as Tensor2D, { centred, ddof, implementation }) }),
  };
}

const typical = typicalEmbeddings('covariance');

export const covarianceSuite: OpSuite = {
  op: 'covariance',
  implementations: ['composed', ...covarianceFused],
  cases: [
    ...embeddingCases('covariance').map((batch) => covarianceCase(batch, { centred: true, ddof: 1 })),
    covarianceCase(typical, { centred: true, ddof: 0 }),
    covarianceCase(typical, { centred: false, ddof: 0 }),
    covarianceCase(
      { name: 'one sample 1x4', z: { shape: [1, 4], data: Float64Array.of(1, -2, 0, 3) }, spread: 1 },
      { centred: false, ddof: 0 },
    ),
  ],
};
