import type { Tensor2D } from '../../tf.js';
import { embeddingCases, type Embeddings } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { crossCorrelation, crossCorrelationFused } from './op.js';
import { crossCorrelationReference } from './reference.js';

const eps = 1e-5;

/** Two views: the batches of two paths side by side. */
export function viewCases(path: string): readonly (Embeddings & { readonly other: Embeddings })[] {
  const others = embeddingCases(`${path}, other view`);
  return embeddingCases(path).map((view, i) => ({ ...view, other: others[i] }));
}

function crossCorrelationCase(view: Embeddings, other: Embeddings): OpCase {
  const lengthScale = Math.max(view.spread, Math.sqrt(eps));
  return {
    name: view.name,
    inputs: { a: view.z, b: other.z },
    differentiable: ['a', 'b'],
    lengthScale,
    // As in standardise: the gradient of two samples cancels.
    tolerance: { value: 2, gradient: 4, scale: { gradient: 1 / lengthScale } },
    reference: ({ a, b }) => ({ c: crossCorrelationReference(a, b, eps) }),
    evaluate: ({ a, b }, implementation) => ({
      c: crossCorrelation(a as Tensor2D, b as Tensor2D, { eps, implementation }),
    }),
  };
}

export const crossCorrelationSuite: OpSuite = {
  op: 'crossCorrelation',
  implementations: ['composed', ...crossCorrelationFused],
  cases: viewCases('cross-correlation').map(({ other, ...view }) => crossCorrelationCase(view, other)),
};
