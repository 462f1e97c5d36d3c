import { runWebgpuKernel } from '../../backends/webgpu-kernel.js';
import { tf, type Tensor2D } from '../../tf.js';
import {
  eachColumn,
  eachRow,
  inColumnsOf,
  inRowsOf,
  lowest,
  rowThreads,
  runOverColumns,
  runOverThreads,
} from '../webgpu-reductions.js';
import { sinkhornPlain } from './composed.js';

export interface SinkhornSettings {
  readonly epsilon: number;
  /** From 1: without an iteration there is nothing to fuse, and the composed form runs. */
  readonly iterations: number;
  /** `auto` is `log`: looking at the range of the scores would stop the device. */
  readonly domain: 'auto' | 'plain' | 'log';
}

/** Two kernels an iteration, a workgroup for every row and for every 32 columns; as in composed.ts. */
export function sinkhornWebgpu(scores: Tensor2D, { epsilon, iterations, domain }: SinkhornSettings): Tensor2D {
  if (iterations === 0) return sinkhornPlain(scores, epsilon, iterations);
  return tf.tidy(() => {
    const inverse = inverseOf(epsilon);
    const maxima = rowMaxima(scores);
    const start = startOf(maxima, inverse);
    return domain === 'plain'
      ? inPlainDomain(scores, maxima, start, inverse, iterations)
      : inLogDomain(scores, maxima, start, inverse, iterations);
  });
}

/** `1 / epsilon` as the sum of two float32 numbers: a score is divided without the rounding of epsilon. */
interface Inverse {
  readonly high: number;
  readonly low: number;
}

function inverseOf(epsilon: number): Inverse {
  const high = Math.fround(1 / epsilon);
  return { high, low: 1 / epsilon - high };
}

const divided = (value: string): string => `((${value}) * uniforms.high + (${value}) * uniforms.low)`;

/** Drivers may do as if there were no NaN. */
const exponential = 'fn exponential(x: f32) -> f32 { return select(exp(x), x, isnan(x)); }';

function inPlainDomain(
  scores: Tensor2D,
  maxima: Tensor2D,
  start: Tensor2D,
  inverse: Inverse,
  iterations: number,
): Tensor2D {
  const e = exponentials(scores, maxima, inverse);
  let weights = exponentialsOf(start);
  for (let i = 1; i < iterations; i++) weights = rowScales(e, columnScales(e, weights));
  return assigned(e, columnScales(e, weights));
}

function inLogDomain(
  scores: Tensor2D,
  maxima: Tensor2D,
  start: Tensor2D,
  inverse: Inverse,
  iterations: number,
): Tensor2D {
  let logQ = logarithms(scores, maxima, inverse);
  for (let i = 0; i < iterations; i++) {
    logQ = columnsBalanced(logQ, i === 0 ? start : undefined);
    logQ = rowsBalanced(logQ, i === iterations - 1);
  }
  return logQ;
}

type Inputs = Readonly<Record<string, Tensor2D>>;
type Numbers = Readonly<Record<string, number>>;

/** A kernel whose workgroups have a row each. */
const byRows = (name: string, shape: readonly [number, number], code: string, inputs: Inputs): Tensor2D =>
  runOverThreads({ name: `sinkhorn ${name}`, code, shape }, shape[0], inputs);

/** A kernel whose workgroups have 32 columns each. */
const byColumns = (
  name: string,
  shape: readonly [number, number],
  code: string,
  inputs: Inputs,
  numbers?: Numbers,
): Tensor2D => runOverColumns({ name: `sinkhorn ${name}`, code, shape, numbers }, inputs);

/** `[N, 1]`. */
function rowMaxima(scores: Tensor2D): Tensor2D {
  const rows = scores.shape[0];
  const code = `
    fn main(index: i32) {
      ${inRowsOf('scores')}
      var largest = ${lowest};
      ${eachColumn('largest = max(largest, scores[row * columns + k]);')}
      let all = maximumOfAll(largest);
      if (localId.x == 0u && row < rows) { result[row] = all; }
    }`;
  return byRows('row maxima', [rows, 1], code, { scores });
}

/** `[N, 1]`: the logarithm of the weight that each sample starts with. */
function startOf(maxima: Tensor2D, inverse: Inverse): Tensor2D {
  const code = `
    fn main(index: i32) {
      let rows = uniforms.maximaShape.x;
      var largest = ${lowest};
      for (var n = i32(localId.x); n < rows; n = n + ${rowThreads}) { largest = max(largest, maxima[n]); }
      let all = maximumOfAll(largest);
      for (var n = i32(localId.x); n < rows; n = n + ${rowThreads}) { result[n] = ${divided('maxima[n] - all')}; }
    }`;
  const kernel = { name: 'sinkhorn start', code, shape: [maxima.shape[0], 1], numbers: { ...inverse } } as const;
  return runOverThreads(kernel, 1, { maxima });
}

/** A kernel of one element a thread. */
function elementwise(
  name: string,
  shape: readonly [number, number],
  value: string,
  inputs: Inputs,
  numbers?: Numbers,
): Tensor2D {
  const code = `
    ${exponential}
    fn main(index: i32) {
      let columns = uniforms.outShape.y;
      if (index < uniforms.outShape.x * columns) { result[index] = ${value}; }
    }`;
  const workgroups = Math.ceil((shape[0] * shape[1]) / rowThreads);
  return runWebgpuKernel({ name: `sinkhorn ${name}`, code, threads: rowThreads, workgroups, shape, numbers }, inputs);
}

const exponentials = (scores: Tensor2D, maxima: Tensor2D, inverse: Inverse): Tensor2D =>
  elementwise(
    'exponentials',
    scores.shape,
    `exponential(${divided('scores[index] - maxima[index / columns]')})`,
    { scores, maxima },
    { ...inverse },
  );

const exponentialsOf = (start: Tensor2D): Tensor2D =>
  elementwise('start exponentials', start.shape, 'exponential(start[index])', { start });

/** `[1, K]`: what balances the columns, `1 / (K sum_n weights_n E_nk)`. */
function columnScales(e: Tensor2D, weights: Tensor2D): Tensor2D {
  const code = `
    fn main(index: i32) {
      ${inColumnsOf('e')}
      var sum = 0.0;
      ${eachRow('sum = sum + weights[row] * e[row * columns + column];')}
      let all = sumOfColumn(sum);
      if (column < columns && firstRow() == 0) { result[column] = 1.0 / (f32(columns) * all); }
    }`;
  return byColumns('column scales', [1, e.shape[1]], code, { e, weights });
}

/** Every row's `sum_k E_nk scales_k`, and what to do with it. */
function rowSums(last: string): string {
  return `
    fn main(index: i32) {
      ${inRowsOf('e')}
      var sum = 0.0;
      ${eachColumn('sum = sum + e[row * columns + k] * scales[k];')}
      let all = sumOfAll(sum);
      ${last}
    }`;
}

/** `[N, 1]`: what balances the rows, `1 / (N sum)`. */
const rowScales = (e: Tensor2D, scales: Tensor2D): Tensor2D =>
  byRows(
    'row scales',
    [e.shape[0], 1],
    rowSums('if (localId.x == 0u && row < rows) { result[row] = 1.0 / (f32(rows) * all); }'),
    { e, scales },
  );

/** The last balance of the rows and the result in one. */
const assigned = (e: Tensor2D, scales: Tensor2D): Tensor2D =>
  byRows('assigned', e.shape, rowSums(eachColumn('let i = row * columns + k; result[i] = e[i] * scales[k] / all;')), {
    e,
    scales,
  });

/** `log Q` to begin with: scores without their row maxima, then without their column maxima, over epsilon. */
function logarithms(scores: Tensor2D, maxima: Tensor2D, inverse: Inverse): Tensor2D {
  const code = `
    fn main(index: i32) {
      ${inColumnsOf('scores')}
      var largest = ${lowest};
      ${eachRow('largest = max(largest, scores[row * columns + column] - maxima[row]);')}
      let all = maximumOfColumn(largest);
      ${eachRow(`let i = row * columns + column; let below = (scores[i] - maxima[row]) - all; result[i] = ${divided('below')};`)}
    }`;
  return byColumns('logarithms', scores.shape, code, { scores, maxima }, { ...inverse });
}

/** Every column without the logarithm of the sum of its exponentials, each times its sample's weight. */
function columnsBalanced(q: Tensor2D, start: Tensor2D | undefined): Tensor2D {
  const weighted = start === undefined ? 'q[row * columns + column]' : 'q[row * columns + column] + start[row]';
  const code = `
    ${exponential}
    fn main(index: i32) {
      ${inColumnsOf('q')}
      var largest = ${lowest};
      ${eachRow(`largest = max(largest, ${weighted});`)}
      let top = maximumOfColumn(largest);
      var sum = 0.0;
      ${eachRow(`sum = sum + exponential(${weighted} - top);`)}
      let all = top + log(sumOfColumn(sum));
      ${eachRow('let i = row * columns + column; result[i] = q[i] - all;')}
    }`;
  const name = `columns balanced${start === undefined ? '' : ' from the start'}`;
  return byColumns(name, q.shape, code, { q, ...(start && { start }) });
}

/** The same for every row; the last time, the exponentials of what comes out. */
function rowsBalanced(q: Tensor2D, isLast: boolean): Tensor2D {
  const code = `
    ${exponential}
    fn main(index: i32) {
      ${inRowsOf('q')}
      var largest = ${lowest};
      ${eachColumn('largest = max(largest, q[row * columns + k]);')}
      let top = maximumOfAll(largest);
      var sum = 0.0;
      ${eachColumn('sum = sum + exponential(q[row * columns + k] - top);')}
      let all = top + log(sumOfAll(sum));
      ${eachColumn(`let i = row * columns + k; result[i] = ${isLast ? 'exponential(q[i] - all)' : 'q[i] - all'};`)}
    }`;
  return byRows(isLast ? 'rows balanced at last' : 'rows balanced', q.shape, code, { q });
}
