import type { Tensor2D } from '../../tf.js';
import { embeddingCases, typicalEmbeddings, type Embeddings } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { standardise, standardiseFused } from './op.js';
import { standardiseReference } from './reference.js';

function standardiseCase({ name, z, spread }: Embeddings, eps: number): OpCase {
  const lengthScale = Math.max(spread, Math.sqrt(eps));
  return {
    name: `${name}, eps ${eps}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale,
    // Two samples become 1 and -1 whatever they are: a gradient of this size cancels.
    tolerance: { value: 2, gradient: 4, scale: { gradient: 1 / lengthScale } },
    reference: (inputs) => ({ y: standardiseReference(inputs.z, eps) }),
    evaluate: (inputs, implementation) => ({ y: standardise(inputs.z as Tensor2D, { eps, implementation }) }),
  };
}

export const standardiseSuite: OpSuite = {
  op: 'standardise',
  implementations: ['composed', ...standardiseFused],
  cases: [
    ...embeddingCases('standardise').map((batch) => standardiseCase(batch, 1e-5)),
    standardiseCase(typicalEmbeddings('standardise'), 1e-3),
  ],
};
