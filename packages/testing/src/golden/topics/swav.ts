import { InputError, tf, type Tensor2D } from '@jembench/core';
import { swav, swavFromEmbeddings, type SwavLoss } from '@jembench/losses';
import type { CaseReader } from '../case-reader.js';
import { largestMagnitude } from '../comparison.js';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const swavTopic: GoldenTopic = {
  name: 'swav',
  // The sums over prototypes and rows; what the exponentials add is the condition below.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const crops = reader.param<number[]>('nmbCrops').reduce((sum, count) => sum + count, 0);
    const assigning = reader.param<number[]>('cropsForAssign');
    const options = {
      assigning,
      temperature: reader.param<number>('temperature'),
      epsilon: reader.param<number>('epsilon'),
      iterations: reader.param<number>('sinkhornIterations'),
    };
    const split = (rows: Tensor2D): Tensor2D[] => tf.split(rows, crops);
    const { inputs, loss, spread } = reader.has('inputs', 'scores') ? ofScores() : ofEmbeddings();
    const { total, codes } = loss(inputs);
    reader.expectScalar('total', total);
    // A code is made of exponentials of score differences over epsilon, each rounded twice.
    const condition = (2 * spread) / options.epsilon;
    assigning.forEach((_, i) => {
      reader.expectArray(`q${i}`, codes[i], { condition });
    });
    const grads = gradients(inputs, (values) => loss(values).total);
    for (const [name, gradient] of Object.entries(grads)) reader.expectGradient(name, gradient);

    function ofScores(): Problem {
      return {
        inputs: { scores: cropRows(reader, 'scores', crops) },
        loss: ({ scores }) => swav(split(scores), options),
        spread: 2 * largestMagnitude(reader.input('scores').data),
      };
    }
    function ofEmbeddings(): Problem {
      return {
        inputs: { z: cropRows(reader, 'z', crops), prototypes: reader.inputTensor('prototypes') as Tensor2D },
        loss: ({ z, prototypes }) => swavFromEmbeddings(split(z), prototypes, options),
        // Cosines.
        spread: 2,
      };
    }
  },
};

interface Problem {
  readonly inputs: Record<string, Tensor2D>;
  readonly loss: (inputs: Record<string, Tensor2D>) => SwavLoss;
  /** The largest difference of two scores, at most. */
  readonly spread: number;
}

/** Rows of all crops, crop-major. */
function cropRows(reader: CaseReader, key: string, crops: number): Tensor2D {
  const batch = reader.param<number>('batch');
  const rows = reader.inputTensor(key) as Tensor2D;
  if (rows.shape[0] !== batch * crops) {
    throw new InputError(`swav: ${key} has ${rows.shape[0]} rows, wanted batch ${batch} times ${crops} crops`);
  }
  return rows;
}
