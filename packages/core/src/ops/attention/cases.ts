import { normals } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import type { Tensor3D } from '../../tf.js';
import { attention, attentionFused } from './op.js';
import { attentionReference } from './reference.js';

function attentionCase(name: string, shape: readonly [number, number, number], heads: number, scale = 1): OpCase {
  return {
    name: `${name}, ${heads} heads`,
    inputs: { qkv: normals(`attention ${name}`, shape, scale) },
    differentiable: ['qkv'],
    lengthScale: 1 / scale,
    tolerance: { value: 4, gradient: 8, scale: { gradient: 1 } },
    reference: ({ qkv }) => ({ y: attentionReference(qkv, heads) }),
    evaluate: ({ qkv }, implementation) => ({ y: attention(qkv as Tensor3D, heads, { implementation }) }),
  };
}

export const attentionSuite: OpSuite = {
  op: 'attention',
  implementations: ['composed', ...attentionFused],
  cases: [
    attentionCase('2x5x24', [2, 5, 24], 2),
    attentionCase('one head 1x7x15', [1, 7, 15], 1),
    attentionCase('one position 3x1x12', [3, 1, 12], 4),
    attentionCase('2x4x24, far apart', [2, 4, 24], 2, 4),
  ],
};
