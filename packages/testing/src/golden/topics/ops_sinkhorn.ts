import { sinkhorn, type Tensor2D } from '@jembench/core';
import type { CaseReader } from '../case-reader.js';
import { largestMagnitude } from '../comparison.js';
import type { GoldenTopic } from '../topic.js';
import { isGoldenArray } from '../values.js';

/**
 * Two roundings of everything, and what the exponential makes of the rounding of `score / epsilon`: `u * range / epsilon`. Beyond the range
 * of the plain domain the logarithmic one runs, which leaves half of it at most in the elements that decide, those near the maximum of
 * their row and column (seen: a quarter, in one of a thousand random cases of 50 iterations). The files give no float32 error.
 */
export const opsSinkhornTopic: GoldenTopic = {
  name: 'ops_sinkhorn',
  tolerance: { precision: 'float32', ulps: 2 },
  async run(reader) {
    const scores = reader.inputTensor('scores') as Tensor2D;
    const epsilon = reader.param<number>('epsilon');
    const iterations = reader.param<number>('iterations');
    const { data } = reader.input('scores');
    const range = (Math.max(...data) - Math.min(...data)) / epsilon;
    const chosen = sinkhorn(scores, { epsilon, iterations });
    await expectAssignment(reader, chosen, range <= 40 ? range : range / 2);
    await expectAssignment(reader, sinkhorn(scores, { epsilon, iterations, domain: 'log' }), range / 2);
  },
};

async function expectAssignment(reader: CaseReader, q: Tensor2D, condition: number): Promise<void> {
  const [N, K] = q.shape;
  const values = await q.data();
  const bySample = new Float64Array(N);
  const byPrototype = new Float64Array(K);
  let furthest = 0;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const value = values[n * K + k];
      bySample[n] += value;
      byPrototype[k] += value;
      furthest = Math.max(furthest, Math.abs(value - 1 / K));
    }
  }
  reader.expectArray('q', q, { condition });
  reader.expectArray('sum_over_prototypes', bySample, { condition });
  reader.expectArray('sum_over_samples', byPrototype, { condition });
  const rounding = 2 ** -24 * (2 * Math.sqrt(values.length + 64) + condition);
  reader.expectArray('argmax', argmax(values, [N, K], rounding, goldenArgmax(reader)));
  // A difference: its error is that of the assignments.
  const magnitude = largestMagnitude(values);
  reader.expectScalar('max_abs_diff_from_uniform', furthest, { condition, magnitude });
}

function goldenArgmax(reader: CaseReader): ArrayLike<number> {
  const value = reader.output('argmax');
  return isGoldenArray(value) ? value.data : [];
}

/**
 * The largest prototype of every sample; the file's choice where that is as large as ours to within `tolerance`: balance makes exact
 * ties (some differ in the fifteenth digit), which float32 cannot order.
 */
function argmax(
  values: ArrayLike<number>,
  [N, K]: readonly [number, number],
  tolerance: number,
  preferred: ArrayLike<number>,
): Int32Array {
  return Int32Array.from({ length: N }, (_, n) => {
    let largest = 0;
    for (let k = 1; k < K; k++) if (values[n * K + k] > values[n * K + largest]) largest = k;
    const k = preferred[n];
    const asLarge = k >= 0 && k < K && values[n * K + k] >= values[n * K + largest] * (1 - tolerance);
    return asLarge ? k : largest;
  });
}
