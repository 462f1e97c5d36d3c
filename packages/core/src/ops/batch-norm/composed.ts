import { tf, type Tensor1D, type Tensor2D } from '../../tf.js';
import { centreColumns, columnMeans, inverseRoot, scaleColumns, shiftColumns } from '../columns.js';

export interface NormalisedRows {
  readonly y: Tensor2D;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

export interface NormalisationOptions {
  readonly eps: number;
  readonly relu: boolean;
}

export function batchNormComposed(
  x: Tensor2D,
  gamma: Tensor1D | undefined,
  beta: Tensor1D | undefined,
  { eps, relu }: NormalisationOptions,
): NormalisedRows {
  const C = x.shape[1];
  return tf.tidy(() => {
    const centred = centreColumns(x);
    const variance = columnMeans(tf.square(centred));
    const scale: Tensor2D = inverseRoot(tf.add(variance, eps));
    const y = scaleColumns(centred, gamma === undefined ? scale : tf.mul(scale, tf.reshape(gamma, [1, C])));
    const shifted = beta === undefined ? y : shiftColumns(y, tf.reshape(beta, [1, C]));
    return {
      y: relu ? tf.relu(shifted) : shifted,
      mean: flat(columnMeans(x)),
      variance: flat(variance),
    };
  });
}

function flat(row: Tensor2D): Tensor1D {
  return tf.reshape(row, [row.shape[1]]);
}
