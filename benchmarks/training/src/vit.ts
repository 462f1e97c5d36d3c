import { normalDistribution } from '@jembench/core';
import type { Shape } from '@jembench/harness';
import { vit as vitEncoder, vitDefaults } from '@jembench/trainers';
import { stepCost, type Architecture } from './architecture.js';
import { bias, kernel, offset, scale, type StepInputs, type WeightPlan } from './inputs.js';
import { Tape, type Node } from './tape.js';

const options = { ...vitDefaults, ratio: 4 };
const { patch, width, heads, blocks, ratio } = options;
const eps = 1e-6;
const inner = width * ratio;

const tokens = ({ H, W }: Shape): number => (H / patch) * (W / patch);
const pixels = ({ C }: Shape): number => patch * patch * C;

const norm = (name: string): Record<string, WeightPlan> => ({
  [`${name}/gamma`]: scale(width),
  [`${name}/beta`]: offset(width),
});

const blockWeights = (block: string): Record<string, WeightPlan> => ({
  ...norm(`${block}_norm1`),
  [`${block}_attention/qkv_kernel`]: kernel(width, 3 * width),
  [`${block}_attention/qkv_bias`]: bias(3 * width, width),
  [`${block}_attention/out_kernel`]: kernel(width, width),
  [`${block}_attention/out_bias`]: bias(width, width),
  ...norm(`${block}_norm2`),
  [`${block}_fc1/kernel`]: kernel(width, inner),
  [`${block}_fc1/bias`]: bias(inner, width),
  [`${block}_fc2/kernel`]: kernel(inner, width),
  [`${block}_fc2/bias`]: bias(width, inner),
});

const weights = (shape: Shape): Record<string, WeightPlan> => ({
  'backbone/patch_conv/kernel': kernel(patch, patch, shape.C, width),
  'backbone/patch_conv/bias': bias(width, pixels(shape)),
  'backbone/positions/embedding': { shape: [tokens(shape), width], centre: 0, bound: 0.2 },
  ...Array.from({ length: blocks }, (_, i) => blockWeights(`backbone/block${i + 1}`)).reduce(
    (all, one) => ({ ...all, ...one }),
    {},
  ),
  ...norm('backbone/norm'),
});

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

function reference({ images, target, weights: values }: StepInputs) {
  const [N, H, W, C] = images.shape;
  const T = tokens({ H, W });
  const tape = new Tape();
  const matrix = (name: string): Node => {
    const { data, shape } = values[`backbone/${name}`];
    const columns = shape[shape.length - 1];
    return tape.weight(data, data.length / columns, columns);
  };
  const dense = (x: Node, kernelName: string, biasName: string): Node =>
    tape.shifted(tape.product(x, matrix(kernelName)), matrix(biasName));
  const normal = (x: Node, name: string): Node =>
    tape.layerNorm(x, matrix(`${name}/gamma`), matrix(`${name}/beta`), eps);

  const scaled = tape.constant(
    images.data.map((value) => 4 * value - 2),
    N * H * W,
    C,
  );
  const first = matrix('patch_conv/kernel');
  const patches = tape.windows(scaled, { N, H, W, C, side: patch, stride: patch, before: 0 });
  let x = tape.shifted(
    tape.shifted(tape.product(patches, first), matrix('patch_conv/bias')),
    matrix('positions/embedding'),
  );
  for (let i = 1; i <= blocks; i++) {
    const block = `block${i}`;
    const qkv = dense(normal(x, `${block}_norm1`), `${block}_attention/qkv_kernel`, `${block}_attention/qkv_bias`);
    const mixed = tape.attention(qkv, T, heads);
    x = tape.sum(x, dense(mixed, `${block}_attention/out_kernel`, `${block}_attention/out_bias`));
    const hidden = dense(normal(x, `${block}_norm2`), `${block}_fc1/kernel`, `${block}_fc1/bias`);
    const active = tape.each(
      hidden,
      (value) => value * normalDistribution(value),
      (value) => normalDistribution(value) + value * density(value),
    );
    x = tape.sum(x, dense(active, `${block}_fc2/kernel`, `${block}_fc2/bias`));
  }
  const loss = tape.squaredError(tape.means(normal(x, 'norm'), T), target.data);
  tape.differentiate(loss);
  return { loss: loss.data[0], gradient: first.slope ?? new Float64Array() };
}

/** A vision transformer of patches of 4x4: width 128, 4 blocks of 4 heads, feed-forward parts four times as wide, norms first. */
export const vit: Architecture = {
  name: 'vit',
  source: {
    name: 'vit-ratio-4',
    anySize: false,
    hasPatches: true,
    initialised: true,
    build: (shape) => vitEncoder(shape, options),
  },
  features: width,
  weights,
  checked: 'backbone/patch_conv/kernel',
  peerForms: [{ suffix: '', settings: { eps, heads, blocks, patch } }],
  cost: (shape) => {
    const rows = shape.N * tokens(shape);
    const first = rows * pixels(shape) * width;
    const products = rows * blocks * (4 + 2 * ratio) * width * width;
    const scores = 2 * rows * blocks * tokens(shape) * width;
    // Of a block: two norms, queries, keys and values, what attention mixes, its output, two of the inner width, the output.
    const values = rows * width * (2 + blocks * (2 + 3 + 1 + 1 + 2 * ratio + 1));
    const parameters = blocks * (4 + 2 * ratio) * width * width + pixels(shape) * width;
    return stepCost(first + products + scores, first, values, parameters);
  },
  reference,
};
