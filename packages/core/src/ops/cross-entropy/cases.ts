import type { Tensor2D } from '../../tf.js';
import { scalar64, type Array64 } from '../array64.js';
import { normals, uniforms } from '../case-inputs.js';
import type { OpCase, OpSuite } from '../op-case.js';
import { softargmaxReference } from '../softargmax/reference.js';
import { crossEntropy, crossEntropyFused } from './op.js';
import { crossEntropyReference } from './reference.js';

/** Labels that sum to 1. */
function labels(shape: readonly number[], temperature: number): Array64 {
  const { data } = softargmaxReference(normals(`cross-entropy labels ${shape.join()}`, shape), temperature);
  return { shape, data: data.map(Math.fround) };
}

function crossEntropyCase(name: string, targets: Array64, scores: Array64, temperature: number): OpCase {
  return {
    name: `${name}, temperature ${temperature}`,
    inputs: { targets, scores },
    differentiable: ['scores'],
    lengthScale: temperature,
    // What cancels in the gradient are probabilities of size 1 / N.
    tolerance: { value: 2, gradient: 4, scale: { value: 1, gradient: 1 } },
    reference: (inputs) => ({ loss: scalar64(crossEntropyReference(inputs.targets, inputs.scores, temperature)) }),
    evaluate: (inputs, implementation) => ({
      loss: crossEntropy(inputs.targets as Tensor2D, inputs.scores as Tensor2D, { temperature, implementation }),
    }),
  };
}

const scores = (shape: readonly number[], scale = 1, centre = 0): Array64 =>
  normals(`cross-entropy scores ${shape.join()}`, shape, scale, centre);

export const crossEntropySuite: OpSuite = {
  op: 'crossEntropy',
  implementations: ['composed', ...crossEntropyFused],
  cases: [
    crossEntropyCase('8x16', labels([8, 16], 1), scores([8, 16]), 1),
    crossEntropyCase('8x16, sharp labels', labels([8, 16], 0.04), scores([8, 16]), 0.1),
    crossEntropyCase('labels that sum to anything 7x13', uniforms('labels', [7, 13], 0, 2), scores([7, 13]), 0.5),
    crossEntropyCase('odd sizes 5x33', labels([5, 33], 1), scores([5, 33]), 0.1),
    crossEntropyCase('one class 4x1', labels([4, 1], 1), scores([4, 1]), 1),
    crossEntropyCase('one sample 1x6', labels([1, 6], 1), scores([1, 6]), 1),
    crossEntropyCase('far from zero 6x9', labels([6, 9], 1), scores([6, 9], 1, 1000), 0.1),
  ],
};
