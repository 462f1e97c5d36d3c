import type { Shape } from '@jembench/harness';
import { encoders } from '@jembench/trainers';
import { stepCost, type Architecture } from './architecture.js';
import { kernel, offset, scale, type StepInputs, type Values, type WeightPlan } from './inputs.js';
import { Tape, type Node } from './tape.js';

const widths = [32, 64, 128];
const side = 3;
export const eps = 1e-5;
const strideOf = (stage: number): number => (stage === 0 ? 1 : 2);

/** Height, width and channels into every stage. */
const stages = ({ H, W, C }: Shape) =>
  widths.map((filters, stage) => {
    const shrunk = (size: number): number => Math.ceil(size / (stage < 2 ? 1 : 2));
    const stride = strideOf(stage);
    const into = { H: shrunk(H), W: shrunk(W), C: stage === 0 ? C : widths[stage - 1] };
    const positions = Math.ceil(into.H / stride) * Math.ceil(into.W / stride);
    return { ...into, filters, stride, positions };
  });

const weights = (shape: Shape): Record<string, WeightPlan> =>
  Object.fromEntries(
    stages(shape).flatMap(({ C, filters }, stage) => [
      [`backbone/stage${stage + 1}_conv/kernel`, kernel(side, side, C, filters)],
      [`backbone/stage${stage + 1}_norm/gamma`, scale(filters)],
      [`backbone/stage${stage + 1}_norm/beta`, offset(filters)],
    ]),
  );

const checked = 'backbone/stage1_conv/kernel';

/** The network with its weights on a tape: its first filter, and its features of any images of that shape. */
export function convnetOnTape(tape: Tape, values: StepInputs['weights'], { H, W, C }: Shape) {
  const layers = stages({ H, W, C }).map(({ filters, C: channels, ...sizes }, stage) => {
    const weight = (name: string): Float32Array => values[`backbone/stage${stage + 1}_${name}`].data;
    return {
      ...{ ...sizes, C: channels },
      filter: tape.weight(weight('conv/kernel'), side * side * channels, filters),
      gamma: tape.constant(weight('norm/gamma'), 1, filters),
      beta: tape.constant(weight('norm/beta'), 1, filters),
    };
  });
  const features = ({ data, shape: [N] }: Values): Node => {
    let x: Node = tape.constant(
      data.map((value) => 4 * value - 2),
      N * H * W,
      C,
    );
    for (const { filter, gamma, beta, stride, H: height, W: width, C: channels } of layers) {
      // As tfjs pads: a stride of 2 over an even side leaves one row out, which is the last.
      const pads = (size: number): number => Math.max(0, (Math.ceil(size / stride) - 1) * stride + side - size);
      const before = Math.floor(pads(height) / 2);
      const windows = tape.windows(x, { N, H: height, W: width, C: channels, side, stride, before });
      x = tape.relu(tape.batchNorm(tape.product(windows, filter), gamma, beta, eps));
    }
    return tape.means(x, x.rows / N);
  };
  return { first: layers[0].filter, features };
}

function reference({ images, target, weights: values }: StepInputs) {
  const [, H, W, C] = images.shape;
  const tape = new Tape();
  const { first, features } = convnetOnTape(tape, values, { H, W, C });
  const loss = tape.squaredError(features(images), target.data);
  tape.differentiate(loss);
  return { loss: loss.data[0], gradient: first.slope ?? new Float64Array() };
}

/** Three 3x3 convolutions, 32-64-128 channels with strides 1, 2, 2, each with batch normalisation and ReLU, and the average. */
export const convnet: Architecture = {
  name: 'convnet',
  source: encoders.convnet,
  features: widths[widths.length - 1],
  weights,
  checked,
  // PyTorch has two memory layouts. Which is the faster one is the machine's affair; the default one is what most code runs in.
  peerForms: [
    { suffix: '', settings: { eps, layout: 'faster' } },
    { suffix: ', default layout', settings: { eps, layout: 'default' } },
  ],
  cost: (shape) => {
    const layers = stages(shape).map(({ positions, C, filters }) => ({
      macs: shape.N * positions * side * side * C * filters,
      values: shape.N * positions * filters,
      weights: side * side * C * filters,
    }));
    const sum = (of: 'macs' | 'values' | 'weights'): number => layers.reduce((total, layer) => total + layer[of], 0);
    // The convolution's output and that of the normalisation.
    return stepCost(sum('macs'), layers[0].macs, 2 * sum('values'), sum('weights'));
  },
  reference,
};
