import type { Tensor2D } from '../../tf.js';
import { scalar64, type Array64 } from '../array64.js';
import { columnsOf, type Embeddings } from '../case-inputs.js';
import { viewCases } from '../cross-correlation/cases.js';
import type { PenaltyForm } from '../decorrelation/choose-form.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { redundancy, redundancyFused } from './op.js';
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
    // What cancels is as large as the column with the least spread makes it.
    fusedTolerance: { value: 2, gradient: 4, scale: { gradient: Math.max(largestRate(view.z), largestRate(other.z)) } },
    reference: ({ a, b }) => {
      const { diagonal, offDiagonal } = redundancyReference(a, b, eps);
      return { diagonal, offDiagonal: scalar64(offDiagonal) };
    },
    evaluate: ({ a, b }, implementation) => ({
      ...redundancy(a as Tensor2D, b as Tensor2D, { eps, form, implementation }),
    }),
  };
}

/** The largest `1 / sqrt(variance + eps)` of a column. */
function largestRate(z: Array64): number {
  const variance = (column: Float64Array): number => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  };
  return Math.max(...columnsOf(z).map((column) => 1 / Math.sqrt(variance(column) + eps)));
}

const views = viewCases('redundancy');
const wide = views.filter(({ name }) => name.startsWith('wide'));

export const redundancySuite: OpSuite = {
  op: 'redundancy',
  implementations: ['composed', ...redundancyFused],
  cases: [
    ...views.map(({ other, ...view }) => redundancyCase(view, other, 'auto')),
    ...wide.map(({ other, ...view }) => redundancyCase(view, other, 'gram')),
    ...wide.map(({ other, ...view }) => redundancyCase(view, other, 'direct')),
  ],
};
