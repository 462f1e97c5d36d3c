import { normals } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { ema, emaFused } from './op.js';
import { emaReference } from './reference.js';

function emaCase(name: string, shape: readonly number[], momentum: number): OpCase {
  const path = `ema ${name}`;
  return {
    name: `${name}, momentum ${momentum}`,
    inputs: { teacher: normals(`${path} teacher`, shape), online: normals(`${path} online`, shape) },
    differentiable: ['teacher', 'online'],
    lengthScale: 1,
    tolerance: { value: 2, gradient: 2, scale: { gradient: 1 } },
    reference: ({ teacher, online }) => ({ next: emaReference(teacher, online, momentum) }),
    evaluate: ({ teacher, online }, implementation) => ({ next: ema(teacher, online, momentum, { implementation }) }),
  };
}

export const emaSuite: OpSuite = {
  op: 'ema',
  implementations: ['composed', ...emaFused],
  cases: [
    emaCase('5x4', [5, 4], 0.99),
    emaCase('3x3x2x4', [3, 3, 2, 4], 0.996),
    emaCase('a vector of 9', [9], 0.9998),
    emaCase('a scalar', [], 0.5),
    emaCase('5x4', [5, 4], 0),
    emaCase('5x4', [5, 4], 1),
  ],
};
