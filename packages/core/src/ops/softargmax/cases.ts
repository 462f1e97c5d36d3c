import type { Array64 } from '../array64.js';
import { normals } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { logSoftargmax, softargmax, softargmaxFused } from './op.js';
import { logSoftargmaxReference, softargmaxReference } from './reference.js';

interface Scores {
  readonly name: string;
  readonly z: Array64;
  readonly temperature: number;
}

const scores: readonly Scores[] = [
  { name: '8x16', z: normals('softargmax', [8, 16]), temperature: 1 },
  { name: '8x16', z: normals('softargmax', [8, 16]), temperature: 0.1 },
  { name: '8x16, nearly one-hot', z: normals('softargmax', [8, 16]), temperature: 0.04 },
  { name: '8x16, nearly uniform', z: normals('softargmax', [8, 16]), temperature: 100 },
  { name: 'odd sizes 5x33', z: normals('softargmax odd', [5, 33]), temperature: 0.5 },
  { name: '2x3x7', z: normals('softargmax rank 3', [2, 3, 7]), temperature: 1 },
  { name: 'one class 4x1', z: normals('softargmax one', [4, 1]), temperature: 1 },
  { name: 'far from zero 6x9', z: normals('softargmax far', [6, 9], 1, 1000), temperature: 0.1 },
  { name: 'equal 3x6', z: { shape: [3, 6], data: new Float64Array(18).fill(0.25) }, temperature: 0.1 },
];

const common = ({ name, z, temperature }: Scores): Omit<OpCase, 'reference' | 'evaluate'> => ({
  name: `${name}, temperature ${temperature}`,
  inputs: { z },
  differentiable: ['z'],
  lengthScale: temperature,
  tolerance: { value: 2, gradient: 4, scale: { gradient: 1 } },
});

export const softargmaxSuite: OpSuite = {
  op: 'softargmax',
  implementations: ['composed', ...softargmaxFused],
  cases: scores.map((entry) => ({
    ...common(entry),
    reference: ({ z }) => ({ p: softargmaxReference(z, entry.temperature) }),
    evaluate: ({ z }, implementation) => ({ p: softargmax(z, { temperature: entry.temperature, implementation }) }),
  })),
};

export const logSoftargmaxSuite: OpSuite = {
  op: 'logSoftargmax',
  implementations: ['composed', ...softargmaxFused],
  cases: scores.map((entry) => ({
    ...common(entry),
    reference: ({ z }) => ({ p: logSoftargmaxReference(z, entry.temperature) }),
    evaluate: ({ z }, implementation) => ({ p: logSoftargmax(z, { temperature: entry.temperature, implementation }) }),
  })),
};
