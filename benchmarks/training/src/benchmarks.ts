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
import { convnet } from './convnet.js';
import { stepInputs, type StepInputs } from './inputs.js';
import { learningRate, stepBody } from './step-body.js';
import { vit } from './vit.js';

const images = (N: number, side: number): Shape => ({ N, H: side, W: side, C: 3 });

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
 * The loss and the gradient of the first layer are checked against a float64 definition (`Tape`) before anything is timed.
 */
export function trainingBenchmarks(backend: Backend, peers: readonly Peer[] = []): BenchmarkDeclaration[] {
  return [declared(convnet, tolerances.convnet, backend, peers), declared(vit, tolerances.vit, backend, peers)];
}

function declared(
  architecture: Architecture,
  tolerance: number,
  backend: Backend,
  peers: readonly Peer[],
): BenchmarkDeclaration {
  const { name, features, weights, cost, reference, settings } = architecture;
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
    tolerance: () => tolerance,
    implementations: [
      { name: 'trainers', cost, unavailable: () => null, open: (inputs) => stepBody(backend, architecture, inputs) },
      ...peerImplementations(peers, { name: `${name}-step`, pass }, cost, (inputs: StepInputs) => ({
        tensors: { images: inputs.images, target: inputs.target, ...inputs.weights },
        settings: { ...settings, learningRate },
      })),
    ],
  });
}
