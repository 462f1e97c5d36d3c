import type { Array64 } from '../array64.js';
import { normals, uniforms } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { gelu, geluFused } from './op.js';
import { geluReference } from './reference.js';

function geluCase(name: string, x: Array64): OpCase {
  return {
    name,
    inputs: { x },
    differentiable: ['x'],
    lengthScale: 1,
    tolerance: { value: 2, gradient: 2 },
    reference: (inputs) => ({ y: geluReference(inputs.x) }),
    evaluate: (inputs, implementation) => ({ y: gelu(inputs.x, { implementation }) }),
  };
}

export const geluSuite: OpSuite = {
  op: 'gelu',
  implementations: ['composed', ...geluFused],
  cases: [
    geluCase('8x16', normals('gelu', [8, 16])),
    geluCase('2x5x7', normals('gelu tokens', [2, 5, 7])),
    geluCase('a vector of 9 near 0', normals('gelu small', [9], 1e-3)),
    geluCase('4x25 from -12 to 12', uniforms('gelu wide', [4, 25], -12, 12)),
  ],
};
