import type { Tensor2D } from '../../tf.js';
import { scalar64, type Array64 } from '../array64.js';
import { embeddingCases, normals, typicalEmbeddings, type Embeddings } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import {
  offDiagonalPenalty,
  offDiagonalPenaltyFused,
  offDiagonalSquares,
  type OffDiagonalPenaltyOptions,
} from './op.js';
import { offDiagonalPenaltyReference, offDiagonalSquaresReference } from './reference.js';

type Settings = Pick<OffDiagonalPenaltyOptions, 'centred' | 'ddof' | 'form'>;

const usual: Settings = { centred: true, ddof: 1, form: 'auto' };

function penaltyCase({ name, z, spread }: Embeddings, { centred, ddof, form }: Settings): OpCase {
  return {
    name: `${name}, ${centred ? 'centred' : 'as it is'}, ddof ${ddof}, ${form}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale: spread || 1,
    tolerance: { value: 2, gradient: 2 },
    reference: (inputs) => ({ penalty: scalar64(offDiagonalPenaltyReference(inputs.z, centred, ddof)) }),
    evaluate: (inputs, implementation) => ({
      penalty: offDiagonalPenalty(inputs.z as Tensor2D, { centred, ddof, form, implementation }),
    }),
  };
}

const typical = typicalEmbeddings('decorrelation');
const wide: Embeddings = { name: 'wide 5x24', z: normals('decorrelation, wide', [5, 24]), spread: 1 };

export const offDiagonalPenaltySuite: OpSuite = {
  op: 'offDiagonalPenalty',
  implementations: ['composed', ...offDiagonalPenaltyFused],
  cases: [
    ...embeddingCases('decorrelation').map((batch) => penaltyCase(batch, usual)),
    penaltyCase(wide, { ...usual, form: 'gram' }),
    penaltyCase(wide, { ...usual, form: 'direct' }),
    penaltyCase(typical, { ...usual, form: 'gram' }),
    penaltyCase(typical, { ...usual, form: 'direct' }),
    penaltyCase(typical, { ...usual, ddof: 0 }),
    penaltyCase(typical, { ...usual, centred: false, ddof: 0 }),
    penaltyCase(wide, { ...usual, centred: false, ddof: 0 }),
  ],
};

function squaresCase(name: string, c: Array64): OpCase {
  return {
    name,
    inputs: { c },
    differentiable: ['c'],
    lengthScale: 1,
    tolerance: { value: 2, gradient: 2 },
    reference: (inputs) => ({ sum: scalar64(offDiagonalSquaresReference(inputs.c)) }),
    evaluate: (inputs) => ({ sum: offDiagonalSquares(inputs.c as Tensor2D) }),
  };
}

/** What a trained batch looks like, and what a subtraction of the diagonal would get wrong. */
function nearlyIdentity(D: number): Array64 {
  const { shape, data } = normals('nearly identity', [D, D], 1e-4);
  return { shape, data: data.map((value, i) => (i % (D + 1) === 0 ? 1 : value)) };
}

export const offDiagonalSquaresSuite: OpSuite = {
  op: 'offDiagonalSquares',
  implementations: ['composed'],
  cases: [
    squaresCase('9x9', normals('squares', [9, 9])),
    squaresCase('nearly the identity 12x12', nearlyIdentity(12)),
    squaresCase('1x1', normals('squares 1x1', [1, 1])),
  ],
};
