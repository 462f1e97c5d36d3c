import type { Backend } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type BenchmarkProfile,
  type Cost,
  type Peer,
  type Shape,
} from '@jembench/harness';
import { stepCost } from './architecture.js';
import { ours, type SideBySide } from './beside.js';
import { convnet, eps } from './convnet.js';
import { endToEndBody } from './end-to-end-body.js';
import { endToEndInputs, layersOf, name, planOf, type EndToEndInputs } from './end-to-end-inputs.js';
import { endToEndReference } from './end-to-end-reference.js';

const sized = (N: number, side: number): Shape => ({ N, H: side, W: side, C: 3 });

/** CIFAR-10's images in the trainers' batches; fewer where there is little time. */
const shapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>> = {
  smoke: [sized(8, 8)],
  quick: [sized(32, 32)],
  full: [sized(128, 32)],
  growth: [sized(32, 32), sized(64, 32), sized(128, 32), sized(256, 32)],
};

/** Three times what float32 loses of the first layer's gradient in the full list: 4.4e-5 in ours, 0.7e-5 in PyTorch. */
const tolerance = 1.3e-4;

/** Two views of every image, their way through both networks and back, the Gram products of the loss, and the moments of AdamW. */
function cost(shape: Shape): Cost {
  const { N, H, W, C } = shape;
  const plan = planOf(shape);
  const rows = 2 * N;
  const layers = layersOf(plan);
  const weights = layers.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  // The products, and behind the hidden ones the norms.
  const values = layers.reduce((sum, { units }) => sum + 2 * rows * units, 0);
  const width = layers[layers.length - 1].units;
  const pixels = rows * H * W * C;
  const costs: Cost[] = [
    convnet.cost({ ...shape, N: rows }),
    stepCost(rows * weights, 0, values, weights),
    { flops: 1.5 * 2 * rows * width * Math.min(N, width), bytes: 4 * 2 * rows * width },
    { flops: 6 * pixels, bytes: 5 * pixels },
    { flops: 12 * weights, bytes: 16 * weights },
  ];
  return costs.reduce((sum, each) => ({ flops: sum.flops + each.flops, bytes: sum.bytes + each.bytes }));
}

/**
 * VICReg from the images to the next weights, as a run does it step after step: a batch in random order from a data set of bytes in memory,
 * two random views of every image, both networks, the loss, its gradient, AdamW.
 *
 * The loss and the gradient of the first layer are checked on two given views at given weights; what is timed is the loop itself.
 */
export function endToEnd(backend: Backend, peers: readonly Peer[], beside: SideBySide | null): BenchmarkDeclaration {
  const pass = 'forward-backward';
  return defineBenchmark<EndToEndInputs>({
    kernel: name,
    ...{ pass, shapes, inputs: endToEndInputs },
    reference: (inputs) => {
      const { loss, gradient } = endToEndReference(inputs);
      return { loss: [loss], gradient };
    },
    tolerance: () => tolerance,
    implementations: [
      ours(
        { name, cost, beside },
        ({ images: [{ shape }] }) => ({ N: shape[0], H: shape[1], W: shape[2], C: shape[3] }),
        (inputs) => endToEndBody(backend, inputs),
      ),
      ...peerImplementations(peers, { name, pass }, cost, (inputs: EndToEndInputs) => {
        const { plan, dataset, weights, images } = inputs;
        const [first, second] = images;
        const data = { shape: [dataset.train.count, ...first.shape.slice(1)], data: dataset.train.images };
        return { tensors: { dataset: data, first, second, ...weights }, settings: { ...plan.values, eps } };
      }),
    ],
  });
}
