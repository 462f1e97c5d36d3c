import { sinkhorn, type Backend } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type Peer,
  type Shape,
} from '@jembench/harness';
import { fusedImplementation, whyNotFused } from './forms.js';
import { normals } from './inputs.js';
import { sinkhornAssignment } from './references.js';
import { scoreShapes } from './shapes.js';
import { peerMatrix, tensorBody, type Matrix } from './tensor-body.js';

const epsilon = 0.05;
const iterations = 3;
const fusedOn = ['wasm', 'webgpu'] as const;

/** Three times what float32 loses at the listed sizes in either domain, 1.3e-6; more prototypes make longer sums (7.8e-6 at 30,000). */
const tolerance = ({ K }: Shape): number => 4e-6 * Math.max(1, K / 10_000);

/** An exponential an element, and for each iteration two sums and two scalings; the scores read and the assignment written. */
const cost = ({ N, K }: Shape) => ({ flops: N * K * (2 + 4 * iterations), bytes: 8 * N * K });

/**
 * SwAV's assignment: Sinkhorn-Knopp, epsilon 0.05, 3 iterations; forward only, as no gradient flows through it.
 *
 * @see facebookresearch/swav@06b1b7c main_swav.py
 */
export function sinkhornKernel(backend: Backend, peers: readonly Peer[]): BenchmarkDeclaration[] {
  return [
    defineBenchmark<Matrix>({
      kernel: 'sinkhorn',
      pass: 'forward',
      shapes: scoreShapes,
      // Scores of unit vectors lie within [-1, 1]: in either domain nothing overflows.
      inputs: (shape) => ({
        data: normals('sinkhorn', shape, 0.3).map((value) => Math.max(-1, Math.min(1, value))),
        rows: shape.N,
        columns: shape.K,
      }),
      reference: ({ data, rows, columns }) => ({
        assignment: sinkhornAssignment({ data: Float64Array.from(data), rows, columns }, epsilon, iterations),
      }),
      tolerance,
      implementations: [
        ...(['composed', fusedImplementation(backend, fusedOn)] as const).flatMap((implementation) =>
          (['plain', 'log'] as const).map((domain) => ({
            name: `${implementation === 'composed' ? implementation : 'fused'}-${domain}`,
            cost,
            unavailable: () => (implementation === 'composed' ? null : whyNotFused(backend, fusedOn)),
            open: (scores: Matrix) =>
              tensorBody(backend, [scores], (s) => ({
                assignment: sinkhorn(s, { epsilon, iterations, domain, implementation }),
              })),
          })),
        ),
        ...peerImplementations(peers, { name: 'sinkhorn', pass: 'forward' }, cost, (scores: Matrix) => ({
          tensors: { scores: peerMatrix(scores) },
          settings: { epsilon, iterations },
        })),
      ],
    }),
  ];
}
