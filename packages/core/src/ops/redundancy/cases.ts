import type { Tensor2D } from '../../tf.js';
import { scalar64 } from '../array64.js';
import type { Embeddings } from '../case-inputs.js';
import { viewCases } from '../cross-correlation/cases.js';
import type { PenaltyForm } from '../decorrelation/choose-form.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { redundancy } from './op.js';
import { redundancyReference } from './reference.js';

const eps = 1e-5;

function redundancyCase(view: Embeddings, other: Embeddings, form: PenaltyForm | 'auto'): OpCase {
  const lengthScale = Math.max(view.spread, Math.sqrt(eps));
  return {
    name: `${view.name}, ${form}`,
    inputs: { a: view.z, b: other.z },
    differentiable: ['a', 'b'],
    lengthScale,
    // As in standardise: the gradient of two samples cancels.
    tolerance: { value: 2, gradient: 4, scale: { gradient: 1 / lengthScale } },
    reference: ({ a, b }) => {
      const { diagonal, offDiagonal } = redundancyReference(a, b, eps);
      return { diagonal, offDiagonal: scalar64(offDiagonal) };
    },
    evaluate: ({ a, b }, implementation) => ({
      ...redundancy(a as Tensor2D, b as Tensor2D, { eps, form, implementation }),
    }),
  };
}

const views = viewCases('redundancy');
const wide = views.filter(({ name }) => name.startsWith('wide'));

export const redundancySuite: OpSuite = {
  op: 'redundancy',
  implementations: ['composed'],
  cases: [
    ...views.map(({ other, ...view }) => redundancyCase(view, other, 'auto')),
    ...wide.map(({ other, ...view }) => redundancyCase(view, other, 'gram')),
    ...wide.map(({ other, ...view }) => redundancyCase(view, other, 'direct')),
  ],
};
