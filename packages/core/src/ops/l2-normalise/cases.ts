import type { Array64 } from '../array64.js';
import { embeddingCases, normals } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { l2Normalise, l2NormaliseFused } from './op.js';
import { l2NormaliseReference } from './reference.js';

interface Settings {
  readonly eps: number;
  readonly clamp: 'norm' | 'square';
}

function l2NormaliseCase(name: string, z: Array64, lengthScale: number, { eps, clamp }: Settings): OpCase {
  return {
    name: `${name}, ${clamp} from ${eps}`,
    inputs: { z },
    differentiable: ['z'],
    lengthScale,
    // Along the row the gradient cancels: in one dimension it is zero.
    tolerance: { value: 2, gradient: 2, scale: { gradient: 1 / lengthScale } },
    reference: (inputs) => ({ y: l2NormaliseReference(inputs.z, clamp === 'norm' ? eps * eps : eps) }),
    evaluate: (inputs, implementation) => ({ y: l2Normalise(inputs.z, { eps, clamp, implementation }) }),
  };
}

const torch: Settings = { eps: 1e-12, clamp: 'norm' };
const byol: Settings = { eps: 1e-12, clamp: 'square' };

function withZeroRow(): Array64 {
  const { shape, data } = normals('zero row', [3, 5]);
  return { shape, data: data.fill(0, 5, 10) };
}

export const l2NormaliseSuite: OpSuite = {
  op: 'l2Normalise',
  implementations: ['composed', ...l2NormaliseFused],
  cases: [
    ...embeddingCases('l2 normalise').map(({ name, z }) => l2NormaliseCase(name, z, shortestRow(z), torch)),
    l2NormaliseCase('8x16', normals('byol', [8, 16]), 1, byol),
    l2NormaliseCase('2x3x4x5', normals('rank 4', [2, 3, 4, 5]), 1, torch),
    l2NormaliseCase('a vector of 7', normals('rank 1', [7]), 1, torch),
    l2NormaliseCase('a zero row', withZeroRow(), 1e-14, torch),
    l2NormaliseCase('a zero row', withZeroRow(), 1e-8, byol),
    l2NormaliseCase('rows below the clamp', normals('below', [4, 6], 1e-8), 1e-9, byol),
  ],
};

function shortestRow({ shape: [N, D], data }: Array64): number {
  return Math.min(...Array.from({ length: N }, (_, n) => Math.hypot(...data.subarray(n * D, (n + 1) * D))));
}
