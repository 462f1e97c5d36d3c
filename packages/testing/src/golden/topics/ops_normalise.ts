import {
  batchNorm,
  InputError,
  l2Normalise,
  layerNorm,
  logSoftargmax,
  softargmax,
  standardise,
  tf,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@jembench/core';
import { columnsOf, meanOverDeviation, rowsOf } from '@jembench/core/cases';
import type { CaseReader } from '../case-reader.js';
import { largestMagnitude } from '../comparison.js';
import type { Allowance } from '../tolerance.js';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';
import { weightedTotal } from './weighted-total.js';

/** Four roundings an element: difference, root, product, weight. What ill-conditioned batches add is in the float32 error of the case. */
export const opsNormaliseTopic: GoldenTopic = {
  name: 'ops_normalise',
  tolerance: { precision: 'float32', ulps: 4 },
  async run(reader) {
    const op = reader.param<string>('op');
    if (!isCase(op)) {
      throw new InputError(`ops_normalise: op, got "${op}", wanted one of ${Object.keys(cases).join(', ')}`);
    }
    await cases[op](reader, reader.inputTensor('a') as Tensor2D);
  },
};

const cases = {
  standardise: standardiseCase,
  batchnorm_affine: batchNormCase,
  layer_norm: layerNormCase,
  l2_normalise: l2NormaliseCase,
  softmax: softmaxCase,
} as const;

function isCase(op: string): op is keyof typeof cases {
  return Object.hasOwn(cases, op);
}

const implementations = ['composed', 'auto'] as const;

async function standardiseCase(reader: CaseReader, a: Tensor2D): Promise<void> {
  const eps = reader.param<number>('eps');
  const input = reader.input('a');
  await outputCase(reader, { a }, (inputs) => standardise(inputs.a, { eps }));
  for (const implementation of implementations) {
    const { y, mean, variance } = batchNorm(a, undefined, undefined, { eps, implementation });
    reader.expectArray('out', y, allowanceFor(implementation, columnsOf(input), eps));
    // A mean of values of both signs.
    const magnitude = largestMagnitude(input.data);
    if (reader.has('outputs', 'batch_mean')) reader.expectArray('batch_mean', mean, { magnitude });
    if (reader.has('outputs', 'batch_var_biased')) reader.expectArray('batch_var_biased', variance);
  }
}

async function batchNormCase(reader: CaseReader, a: Tensor2D): Promise<void> {
  const eps = reader.param<number>('eps');
  const inputs = { a, gamma: reader.inputTensor('gamma') as Tensor1D, beta: reader.inputTensor('beta') as Tensor1D };
  for (const implementation of implementations) {
    const allowance = allowanceFor(implementation, columnsOf(reader.input('a')), eps);
    const output = (x: typeof inputs): Tensor => batchNorm(x.a, x.gamma, x.beta, { eps, implementation }).y;
    await outputCase(reader, inputs, output, allowance);
  }
}

async function layerNormCase(reader: CaseReader, a: Tensor2D): Promise<void> {
  const eps = reader.param<number>('eps');
  for (const implementation of implementations) {
    const allowance = allowanceFor(implementation, rowsOf(reader.input('a')), eps);
    await outputCase(reader, { a }, (x) => layerNorm(x.a, undefined, undefined, { eps, implementation }), allowance);
  }
}

async function l2NormaliseCase(reader: CaseReader, a: Tensor2D): Promise<void> {
  const options = { eps: reader.param<number>('eps'), clamp: clampOf(reader.param<string>('form')) };
  await outputCase(reader, { a }, (inputs) => l2Normalise(inputs.a, options));
}

async function softmaxCase(reader: CaseReader, a: Tensor2D): Promise<void> {
  const temperature = reader.param<number>('temperature');
  await outputCase(reader, { a }, (inputs) => softargmax(inputs.a, { temperature }));
  reader.expectArray('log_softmax', logSoftargmax(a, { temperature }));
  reader.expectArray('entropy', await entropies(softargmax(a, { temperature })));
}

/** The fields that all ops share: `out`, and where there are weights `w`, their total and its gradients. */
async function outputCase<T extends Record<string, Tensor>>(
  reader: CaseReader,
  inputs: T,
  op: (inputs: T) => Tensor,
  allowance: Allowance = {},
): Promise<void> {
  const out = op(inputs);
  reader.expectArray('out', out, allowance);
  if (!reader.has('inputs', 'w')) return;
  const { total, magnitude } = await weightedTotal(out, reader.input('w'));
  reader.expectScalar('total', total, { ...allowance, magnitude });
  const w = reader.inputTensor('w');
  const grads = gradients(inputs, (x) => tf.sum(tf.mul(op(x), w)));
  for (const name of Object.keys(inputs)) {
    if (reader.has('grads', name)) reader.expectGradient(name, grads[name]);
  }
}

/**
 * The kernels made for one backend subtract the mean of a group once. Its rounding then meets deviations that may be much smaller; the
 * composed form subtracts what is left of it, too, and gets no allowance.
 */
function allowanceFor(implementation: 'composed' | 'auto', groups: readonly Float64Array[], eps: number): Allowance {
  return implementation === 'composed' ? {} : { condition: meanOverDeviation(groups, eps) };
}

/**
 * The entropy of every row, in nats and float64. The largest probability is taken as what the others leave: next to 1, float32 has lost
 * the small difference that decides the entropy of a saturated row.
 */
async function entropies(p: Tensor2D): Promise<Float64Array> {
  const [N, K] = p.shape;
  const values = await p.data();
  return Float64Array.from({ length: N }, (_, n) => {
    const row = Float64Array.from(values.subarray(n * K, (n + 1) * K))
      .sort()
      .subarray(0, K - 1);
    const others = row.reduce((sum, value) => sum + value, 0);
    const rest = row.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
    return -rest - (1 - others) * Math.log1p(-others);
  });
}

function clampOf(form: string): 'norm' | 'square' {
  if (form === 'x/max(|x|,eps)') return 'norm';
  if (form === 'x*rsqrt(max(sum x^2,eps))') return 'square';
  throw new InputError(`ops_normalise: form, got "${form}", wanted "x/max(|x|,eps)" or "x*rsqrt(max(sum x^2,eps))"`);
}
