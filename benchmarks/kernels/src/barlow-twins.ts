import { redundancy, tf, type Backend, type Scalar, type Tensor2D } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type BenchmarkImplementation,
  type Cost,
  type Peer,
  type Rows,
  type Shape,
} from '@jembench/harness';
import { asWritten, cancellation, side, takesGram, variants, type Variant } from './forms.js';
import { normals } from './inputs.js';
import { barlowTwinsLoss } from './references.js';
import { viewShapes } from './shapes.js';
import { peerMatrix, tensorBody, type Matrix } from './tensor-body.js';

const lambda = 0.0051;
const eps = 1e-5;

/** Three times what float32 loses at the listed sizes and in both forms: 1.5e-7 of the value, 4.8e-6 of the gradients. */
const tolerance = { value: 5e-7, gradient: 1.5e-5 };

type Views = readonly [Matrix, Matrix];

/** Direct: one product for the value, two for the gradients; Gram: two, of which the kernel computes half, and two. */
function cost(variant: Pick<Variant, 'form' | 'implementation'>, shape: Shape, backward: boolean): Cost {
  const { N, D } = shape;
  const m = side(variant, shape);
  const isGram = takesGram(variant.form, shape);
  const forward = isGram && variant.implementation === 'composed' ? 2 : 1;
  const products = forward + (backward ? 2 : 0);
  const arrays = (backward ? 4 : 2) * N * D + (isGram ? 2 : 1) * m * m;
  return { flops: products * 2 * N * D * m, bytes: 4 * arrays };
}

function loss(a: Tensor2D, b: Tensor2D, { form, implementation }: Variant): Scalar {
  const { diagonal, offDiagonal } = redundancy(a, b, { eps, form, implementation });
  return tf.add(tf.sum(tf.square(tf.sub(diagonal, 1))), tf.mul(offDiagonal, lambda));
}

const rows = ({ data, rows: N, columns }: Matrix): Rows => ({ data: Float64Array.from(data), rows: N, columns });

const shared = {
  kernel: 'barlow-twins',
  shapes: viewShapes,
  inputs: (shape: Shape): Views => {
    const a = normals('barlow-twins-a', shape);
    const noise = normals('barlow-twins-b', shape, 0.5);
    const view = (data: Float32Array): Matrix => ({ data, rows: shape.N, columns: shape.D });
    return [view(a), view(a.map((value, i) => value + noise[i]))];
  },
};

/**
 * Barlow Twins' loss of two views, standardisation included; the second view is the first with noise.
 *
 * @see facebookresearch/barlowtwins@8e8d284 main.py
 */
export function barlowTwins(backend: Backend, peers: readonly Peer[]): BenchmarkDeclaration[] {
  const theirs = (pass: 'forward' | 'forward-backward'): BenchmarkImplementation<Views>[] =>
    peerImplementations(
      peers,
      { name: shared.kernel, pass },
      (shape) => cost(asWritten, shape, pass === 'forward-backward'),
      ([a, b]) => ({ tensors: { a: peerMatrix(a), b: peerMatrix(b) }, settings: { lambda, eps } }),
    );
  return [
    defineBenchmark<Views>({
      ...shared,
      pass: 'forward',
      reference: ([a, b]) => ({ total: [barlowTwinsLoss(rows(a), rows(b), lambda, eps).total] }),
      tolerance: (shape) => tolerance.value * cancellation(shape),
      implementations: [
        ...variants(backend, ['wasm', 'webgpu']).map((variant): BenchmarkImplementation<Views> => ({
          name: variant.name,
          unavailable: variant.unavailable,
          cost: (shape) => cost(variant, shape, false),
          open: (views) => tensorBody(backend, views, (a, b) => ({ total: loss(a, b, variant) })),
        })),
        ...theirs('forward'),
      ],
    }),
    defineBenchmark<Views>({
      ...shared,
      pass: 'forward-backward',
      reference: ([a, b]) => {
        const { total, gradientA, gradientB } = barlowTwinsLoss(rows(a), rows(b), lambda, eps);
        return { total: [total], gradientA, gradientB };
      },
      tolerance: () => tolerance.gradient,
      implementations: [
        ...variants(backend, ['wasm', 'webgpu']).map((variant): BenchmarkImplementation<Views> => ({
          name: variant.name,
          unavailable: variant.unavailable,
          cost: (shape) => cost(variant, shape, true),
          open: (views) =>
            tensorBody(backend, views, (a, b) => {
              const { value, grads } = tf.valueAndGrads((x, y) => loss(x as Tensor2D, y as Tensor2D, variant))([a, b]);
              return { total: value, gradientA: grads[0], gradientB: grads[1] };
            }),
        })),
        ...theirs('forward-backward'),
      ],
    }),
  ];
}
