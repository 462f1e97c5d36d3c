import {
  covariance,
  crossCorrelation,
  InputError,
  offDiagonalPenalty,
  offDiagonalSquares,
  redundancy,
  tf,
  type Tensor2D,
} from '@jembench/core';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';
import { weightedTotal } from './weighted-total.js';

/** A rounding of every factor and of every product. */
export const opsCovarianceTopic: GoldenTopic = {
  name: 'ops_covariance',
  tolerance: { precision: 'float32', ulps: 2 },
  async run(reader) {
    const op = reader.param<string>('op');
    if (op === 'covariance') await covarianceCase(reader);
    else if (op === 'off_diagonal_penalty') penaltyCase(reader);
    else if (op === 'cross_correlation') await crossCorrelationCase(reader);
    else
      throw new InputError(
        `ops_covariance: op, got "${op}", wanted covariance, off_diagonal_penalty or cross_correlation`,
      );
  },
};

async function covarianceCase(reader: CaseReader): Promise<void> {
  const a = reader.inputTensor('a') as Tensor2D;
  const w = reader.inputTensor('w');
  const options = { centred: reader.param<boolean>('centred'), ddof: reader.param<number>('ddof') };
  const D = a.shape[1];

  const c = covariance(a, options);
  reader.expectArray('covariance', c);
  const { total, magnitude } = await weightedTotal(c, reader.input('w'));
  reader.expectScalar('total', total, { magnitude });
  const diagonal = await diagonalOf(c);
  reader.expectArray('diagonal', diagonal);
  reader.expectScalar(
    'trace',
    diagonal.reduce((sum, value) => sum + value, 0),
  );

  const offDiagonal = offDiagonalSquares(c);
  for (const sum of [
    offDiagonal,
    offDiagonalPenalty(a, options),
    offDiagonalPenalty(a, { ...options, form: 'direct' }),
  ]) {
    reader.expectScalar('off_diagonal_sum_sq', sum);
  }
  reader.expectScalar('off_diagonal_sum_sq_over_d', tf.div(offDiagonal, D));
  reader.expectScalar('off_diagonal_mean_sq', tf.div(offDiagonal, D * (D - 1)));

  const grads = gradients({ a }, (inputs) => tf.sum(tf.mul(covariance(inputs.a, options), w)));
  reader.expectGradient('a', grads.a);
}

function penaltyCase(reader: CaseReader): void {
  const a = reader.inputTensor('a') as Tensor2D;
  const options = { centred: reader.param<boolean>('centred'), ddof: reader.param<number>('ddof') };
  for (const form of ['auto', 'direct'] as const) {
    reader.expectScalar('total', offDiagonalPenalty(a, { ...options, form }));
    reader.expectGradient('a', gradients({ a }, (inputs) => offDiagonalPenalty(inputs.a, { ...options, form })).a);
  }
}

async function crossCorrelationCase(reader: CaseReader): Promise<void> {
  const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
  const eps = reader.param<number>('eps');

  const c = crossCorrelation(views.a, views.b, { eps });
  reader.expectArray('cross_correlation', c);
  reader.expectArray('diagonal', await diagonalOf(c));
  reader.expectScalar('total', offDiagonalSquares(c));
  for (const form of ['auto', 'direct'] as const) {
    const { diagonal, offDiagonal } = redundancy(views.a, views.b, { eps, form });
    reader.expectArray('diagonal', diagonal);
    reader.expectScalar('total', offDiagonal);
    const grads = gradients(views, ({ a, b }) => redundancy(a, b, { eps, form }).offDiagonal);
    reader.expectGradient('a', grads.a);
    reader.expectGradient('b', grads.b);
  }
}

async function diagonalOf(c: Tensor2D): Promise<Float32Array> {
  const D = c.shape[0];
  const values = await c.data();
  return Float32Array.from({ length: D }, (_, j) => values[j * D + j]);
}
