import { offDiagonalPenalty, tf, type Backend, type Scalar, type Tensor2D } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type BenchmarkImplementation,
  type Cost,
  type Peer,
  type Shape,
} from '@jembench/harness';
import { asWritten, cancellation, side, variants, type Variant } from './forms.js';
import { normals } from './inputs.js';
import { covariancePenalty } from './references.js';
import { embeddingShapes } from './shapes.js';
import { peerMatrix, tensorBody, type Matrix } from './tensor-body.js';

/** One multiplication `[N, D] x [N, D]` for the value, of which the kernel computes half, and one more for the gradient. */
function cost(variant: Pick<Variant, 'form' | 'implementation'>, shape: Shape, backward: boolean): Cost {
  const { N, D } = shape;
  const m = side(variant, shape);
  const products = (variant.implementation === 'composed' ? 1 : 0.5) + (backward ? 1 : 0);
  return { flops: products * 2 * N * D * m, bytes: 4 * ((backward ? 2 : 1) * N * D + m * m) };
}

/** Three times what float32 loses at the listed sizes and in both forms: 0.7e-7 of the value, 1.8e-6 of the gradient. */
const tolerance = { value: 2e-7, gradient: 6e-6 };

/**
 * Peers take the diagonal's squares from the sum of all, which is up to twice as large as what is left where N = D: three times what that
 * loses at 1024 x 2048, 1.6e-7.
 */
const peerValue = 5e-7;

const penalty =
  ({ form, implementation }: Variant) =>
  (z: Tensor2D): Scalar =>
    tf.div(offDiagonalPenalty(z, { form, implementation }), z.shape[1]);

const shared = {
  kernel: 'vicreg-covariance',
  shapes: embeddingShapes,
  inputs: (shape: Shape): Matrix => ({ data: normals('vicreg-covariance', shape), rows: shape.N, columns: shape.D }),
};

/**
 * VICReg's covariance term of one branch, `sum_{j != k} C_jk^2 / D`.
 *
 * @see facebookresearch/vicreg@4e12602 main_vicreg.py
 */
export function vicregCovariance(backend: Backend, peers: readonly Peer[]): BenchmarkDeclaration[] {
  const theirs = (pass: 'forward' | 'forward-backward'): BenchmarkImplementation<Matrix>[] =>
    peerImplementations(
      peers,
      { name: shared.kernel, pass },
      (shape) => cost(asWritten, shape, pass === 'forward-backward'),
      (z: Matrix) => ({ tensors: { z: peerMatrix(z) }, settings: {} }),
    ).map((peer) => ({
      ...peer,
      tolerance: (shape) => (pass === 'forward' ? peerValue * cancellation(shape) : tolerance.gradient),
    }));
  return [
    defineBenchmark<Matrix>({
      ...shared,
      pass: 'forward',
      reference: ({ data, rows, columns }) => ({
        total: [covariancePenalty({ data: Float64Array.from(data), rows, columns }).total],
      }),
      tolerance: (shape) => tolerance.value * cancellation(shape),
      implementations: [
        ...variants(backend, ['wasm', 'webgpu']).map((variant): BenchmarkImplementation<Matrix> => ({
          name: variant.name,
          unavailable: variant.unavailable,
          cost: (shape) => cost(variant, shape, false),
          open: (z) => tensorBody(backend, [z], (x) => ({ total: penalty(variant)(x) })),
        })),
        ...theirs('forward'),
      ],
    }),
    defineBenchmark<Matrix>({
      ...shared,
      pass: 'forward-backward',
      reference: ({ data, rows, columns }) => {
        const { total, gradient } = covariancePenalty({ data: Float64Array.from(data), rows, columns });
        return { total: [total], gradient };
      },
      tolerance: () => tolerance.gradient,
      implementations: [
        ...variants(backend, ['wasm', 'webgpu']).map((variant): BenchmarkImplementation<Matrix> => ({
          name: variant.name,
          unavailable: variant.unavailable,
          cost: (shape) => cost(variant, shape, true),
          open: (z) =>
            tensorBody(backend, [z], (x) => {
              const { value, grad } = tf.valueAndGrad((y) => penalty(variant)(y as Tensor2D))(x);
              return { total: value, gradient: grad };
            }),
        })),
        ...theirs('forward-backward'),
      ],
    }),
  ];
}
