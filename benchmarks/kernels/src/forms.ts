import type { Backend } from '@jembench/core';
import type { Shape } from '@jembench/harness';
import { tooWideForDirect } from './shapes.js';

/** Backends that kernels of ours are made for. */
export type FusedOn = 'wasm' | 'webgpu';

/** One way to compute an off-diagonal sum of squares: a form of it, and whether by tfjs's operations or by a kernel. */
export interface Variant {
  readonly name: string;
  readonly form: 'direct' | 'gram' | 'auto';
  readonly implementation: 'composed' | FusedOn;
  readonly unavailable: (shape: Shape) => string | null;
}

/** As papers write it, by the operations of a library: what peers compute. */
export const asWritten = { form: 'direct', implementation: 'composed' } as const;

/**
 * The ladder: the matrix as papers write it, the Gram form, and the kernel that chooses between them.
 *
 * @param on the backends that have that kernel.
 */
export const variants = (backend: Backend, on: readonly FusedOn[]): readonly Variant[] => [
  { name: 'composed-direct', form: 'direct', implementation: 'composed', unavailable: tooWideForDirect },
  { name: 'composed-gram', form: 'gram', implementation: 'composed', unavailable: () => null },
  fused(backend, on),
];

function fused(backend: Backend, on: readonly FusedOn[]): Variant {
  const implementation = fusedImplementation(backend, on);
  // Where looking at the batch would stop the device, `auto` is `direct`.
  if (implementation === 'webgpu')
    return { name: 'fused', form: 'direct', implementation, unavailable: tooWideForDirect };
  return { name: 'fused', form: 'auto', implementation, unavailable: () => whyNotFused(backend, on) };
}

/** The kernel of the backend, or the first there is, which cannot run. */
export const fusedImplementation = ({ description: { name } }: Backend, on: readonly FusedOn[]): FusedOn =>
  on.find((candidate) => candidate === name) ?? on[0];

/** Why no kernel of ours can run, or null. */
export const whyNotFused = ({ description: { name } }: Backend, on: readonly FusedOn[]): string | null =>
  on.some((candidate) => candidate === name)
    ? null
    : `there are fused kernels for ${on.join(' and ')}, got the ${name} backend`;

/** `[D, D]` or `[N, N]`: the side of the matrix that a form squares. */
export const side = ({ form }: Pick<Variant, 'form'>, { N, D }: Shape): number => (takesGram(form, { N, D }) ? N : D);

/** As wasm-training chooses where the batch is not such that the Gram form would lose the result. */
export const takesGram = (form: Variant['form'], { N, D }: Shape): boolean =>
  form === 'gram' || (form === 'auto' && D >= 1.5 * N);

/** How much larger the diagonal, which is subtracted, is than what is left off it: N / D for samples of unit variance. */
export const cancellation = ({ N, D }: Shape): number => Math.max(1, N / D);
