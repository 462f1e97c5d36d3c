import { rootStream, type Dataset, type Stream } from '@jembench/core';
import type { Shape } from '@jembench/harness';
import { planned, type Plan, type TrainConfig } from '@jembench/trainers';
import { convnet } from './convnet.js';
import { drawnWeights, kernel, offset, scale, type StepInputs, type Values, type WeightPlan } from './inputs.js';

/** What a benchmark and its rows call it. */
export const name = 'vicreg-end-to-end';

/** Batches of the data set before its order is drawn anew. */
const batches = 32;

/** A data set, two views of its first images and the weights before the step that they are checked in. */
export interface EndToEndInputs {
  readonly plan: Plan;
  readonly dataset: Dataset;
  /** In [0, 1], `[N, H, W, C]` each. */
  readonly images: readonly [Values, Values];
  readonly weights: StepInputs['weights'];
}

/** The trainers' VICReg, for longer than anyone times it. */
export const planOf = ({ N }: Shape, options: TrainConfig['options'] = {}): Plan =>
  planned({ method: 'vicreg', options, batch: N, epochs: 1e6 });

/** Widths of the expander, and of the features that it takes. */
const widthsOf = ({ values }: Plan): number[] => [
  convnet.features,
  ...[values.hidden, values.hidden, values.dim].map(Number),
];

interface Dense {
  /** `projector/fc1`, ... */
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** What stands behind a hidden one, before its ReLU: `projector/norm1`, ... */
  readonly norm: string | null;
}

/** The layers of the expander. */
export function layersOf(plan: Plan): Dense[] {
  const [, ...units] = widthsOf(plan);
  return units.map((width, i) => ({
    name: `projector/fc${i + 1}`,
    inputs: widthsOf(plan)[i],
    units: width,
    norm: i === units.length - 1 ? null : `projector/norm${i + 1}`,
  }));
}

function weightsOf(plan: Plan, shape: Shape): Record<string, WeightPlan> {
  const layers = layersOf(plan).map((layer): Record<string, WeightPlan> => ({
    [`${layer.name}/kernel`]: kernel(layer.inputs, layer.units),
    ...(layer.norm !== null && {
      [`${layer.norm}/gamma`]: scale(layer.units),
      [`${layer.norm}/beta`]: offset(layer.units),
    }),
  }));
  return layers.reduce((all, one) => ({ ...all, ...one }), convnet.weights(shape));
}

/**
 * Ramps of light in each colour under some noise, as unlike each other as photographs are: of noise alone all images have nearly the same
 * features, and what float32 keeps of their differences is little.
 */
function pictures({ N, H, W, C }: Shape, stream: Stream): Dataset {
  const count = batches * N;
  const pixels = new Uint8Array(count * H * W * C);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < C; c++) {
      const [base, down, across] = [stream.uniform(), stream.uniform() - 0.5, stream.uniform() - 0.5];
      for (let y = 0; y < H; y++) {
        for (let x = 0; x < W; x++) {
          const light = base + down * (y / H - 0.5) + across * (x / W - 0.5) + 0.3 * (stream.uniform() - 0.5);
          pixels[((n * H + y) * W + x) * C + c] = 255 * Math.min(1, Math.max(0, light));
        }
      }
    }
  }
  return {
    ...{ name: 'pictures', checksum: '', classes: [], notes: [], height: H, width: W, channels: C },
    train: { images: pixels, labels: new Int32Array(count), count },
    test: { images: new Uint8Array(), labels: new Int32Array(), count: 0 },
  };
}

/** The same numbers for the same shape, always. */
export function endToEndInputs(shape: Shape, options?: TrainConfig['options']): EndToEndInputs {
  const { N, H, W, C } = shape;
  const stream = rootStream(0).fork(name).fork(`${N}x${H}x${W}x${C}`);
  const plan = planOf(shape, options);
  const dataset = pictures(shape, stream.fork('images'));
  const data = dataset.train.images.subarray(0, N * H * W * C);
  const batch = { data, count: N, height: H, width: W, channels: C };
  const [first, second] = plan.method
    .views(plan.values, batch)
    .global.map((view, i): Values => ({ shape: [N, H, W, C], data: view(batch, stream.fork('views').fork(i)).data }));
  return { plan, dataset, images: [first, second], weights: drawnWeights(weightsOf(plan, shape), stream) };
}
