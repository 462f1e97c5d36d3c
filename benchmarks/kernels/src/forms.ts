import type { Backend } from '@jembench/core';
import type { Shape } from '@jembench/harness';
import { tooWideForDirect } from './shapes.js';

/** One way to compute an off-diagonal sum of squares: a form of it, and whether by tfjs's operations or by a kernel. */
export interface Variant {
  readonly name: string;
  readonly form: 'direct' | 'gram' | 'auto';
  readonly implementation: 'composed' | 'wasm';
  readonly unavailable: (shape: Shape) => string | null;
}

/** As papers write it, by the operations of a library: what peers compute. */
export const asWritten = { form: 'direct', implementation: 'composed' } as const;

/** The ladder: the matrix as papers write it, the Gram form, and the kernel that chooses between them. */
export const variants = (backend: Backend): readonly Variant[] => [
  { name: 'composed-direct', form: 'direct', implementation: 'composed', unavailable: tooWideForDirect },
  { name: 'composed-gram', form: 'gram', implementation: 'composed', unavailable: () => null },
  { name: 'fused', form: 'auto', implementation: 'wasm', unavailable: () => needsWasm(backend) },
];

/** Why the kernels of wasm-training cannot run, or null. */
export const needsWasm = ({ description: { name } }: Backend): string | null =>
  name === 'wasm' ? null : `the fused kernels are WebAssembly, got the ${name} backend`;

/** `[D, D]` or `[N, N]`: the side of the matrix that a form squares. */
export const side = ({ form }: Pick<Variant, 'form'>, { N, D }: Shape): number => (takesGram(form, { N, D }) ? N : D);

/** As wasm-training chooses where the batch is not such that the Gram form would lose the result. */
export const takesGram = (form: Variant['form'], { N, D }: Shape): boolean =>
  form === 'gram' || (form === 'auto' && D >= 1.5 * N);
