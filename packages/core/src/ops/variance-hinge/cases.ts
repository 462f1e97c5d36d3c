import type { Tensor2D } from '../../tf.js';
import { scalar64 } from '../array64.js';
import { embeddingCases, typicalEmbeddings, type Embeddings } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import type { VarianceHingeSettings } from './composed.js';
import { varianceHinge, varianceHingeFused } from './op.js';
import { varianceHingeReference } from './reference.js';

const usual: VarianceHingeSettings = { gamma: 1, eps: 1e-4, spread: 'std', centred: true, ddof: 1 };

function varianceHingeCase({ name, z, spread }: Embeddings, settings: VarianceHingeSettings): OpCase {
  return {
    name: `${name}, gamma ${settings.gamma} on the ${settings.spread}, ${settings.centred ? 'centred' : 'as it is'}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale: Math.max(spread, Math.sqrt(settings.eps)),
    tolerance: { value: 2, gradient: 4 },
    reference: (inputs) => ({ hinge: scalar64(varianceHingeReference(inputs.z, settings)) }),
    evaluate: (inputs, implementation) => ({
      hinge: varianceHinge(inputs.z as Tensor2D, { ...settings, implementation }),
    }),
  };
}

const typical = typicalEmbeddings('variance hinge');

export const varianceHingeSuite: OpSuite = {
  op: 'varianceHinge',
  implementations: ['composed', ...varianceHingeFused],
  cases: [
    ...embeddingCases('variance hinge').map((batch) => varianceHingeCase(batch, usual)),
    varianceHingeCase(typical, { ...usual, gamma: 4 }),
    varianceHingeCase(typical, { ...usual, spread: 'variance', ddof: 0 }),
    varianceHingeCase(typical, { ...usual, spread: 'variance', centred: false, ddof: 0 }),
  ],
};
