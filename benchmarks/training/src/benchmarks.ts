import type { Backend } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type BenchmarkProfile,
  type Peer,
  type Shape,
} from '@jembench/harness';
import type { Architecture } from './architecture.js';
import { ours, type SideBySide } from './beside.js';
import { convnet } from './convnet.js';
import { endToEnd } from './end-to-end.js';
import { stepInputs, type StepInputs } from './inputs.js';
import { learningRate, stepBody } from './step-body.js';
import { vit } from './vit.js';

const shapeOf = ([N, H, W, C]: readonly number[]): Shape => ({ N, H, W, C });
const images = (N: number, side: number): Shape => shapeOf([N, side, side, 3]);

/** CIFAR-10's images, 64 at a time; fewer where there is little time. */
const shapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>> = {
  smoke: [images(4, 8)],
  quick: [images(16, 32)],
  full: [images(64, 32)],
  growth: [images(16, 32), images(32, 32), images(64, 32), images(128, 32)],
};

/**
 * Three times what float32 loses at the listed sizes, of the first layer's gradient, which is the last to be reached: 8.2e-6 in PyTorch's
 * convolutions and 0.8e-6 in ours, 0.6e-6 in the transformer.
 */
const tolerances = { convnet: 2.5e-5, vit: 2e-6 } as const;

/**
 * Whole training steps: the squared error of an encoder's features on one batch, its gradient by every weight, and SGD.
 *
 * And VICReg's own, from the images of a data set on. The loss and the gradient of the first layer are checked against a float64 definition
 * (`Tape`) before anything is timed.
 */
export function trainingBenchmarks(
  backend: Backend,
  peers: readonly Peer[] = [],
  beside: SideBySide | null = null,
): BenchmarkDeclaration[] {
  return [
    ...[convnet, vit].map((architecture) => declared(architecture, backend, peers, beside)),
    endToEnd(backend, peers, beside),
  ];
}

function declared(
  architecture: Architecture,
  backend: Backend,
  peers: readonly Peer[],
  beside: SideBySide | null,
): BenchmarkDeclaration {
  const { name, features, weights, cost, reference, peerForms } = architecture;
  const pass = 'forward-backward';
  return defineBenchmark<StepInputs>({
    kernel: name,
    pass,
    shapes,
    inputs: (shape) => stepInputs(name, shape, features, weights(shape)),
    reference: (inputs) => {
      const { loss, gradient } = reference(inputs);
      return { loss: [loss], gradient };
    },
    tolerance: () => tolerances[name],
    implementations: [
      ours(
        { name, cost, beside },
        ({ images: { shape } }) => shapeOf(shape),
        (inputs) => stepBody(backend, architecture, inputs),
      ),
      ...peerForms.flatMap(({ suffix, settings }) =>
        peerImplementations(peers, { name: `${name}-step`, pass }, cost, (inputs: StepInputs) => ({
          tensors: { images: inputs.images, target: inputs.target, ...inputs.weights },
          settings: { ...settings, learningRate },
        })).map((peer) => ({ ...peer, name: `${peer.name}${suffix}` })),
      ),
    ],
  });
}
