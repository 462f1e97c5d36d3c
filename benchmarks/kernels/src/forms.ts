import type { Shape } from '@jembench/harness';
import { tooWideForDirect } from './shapes.js';

/** The two exact forms of an off-diagonal sum of squares, as core's ops offer them. */
export const forms = [
  { form: 'direct', name: 'composed-direct', unavailable: tooWideForDirect },
  { form: 'gram', name: 'composed-gram', unavailable: () => null },
] as const satisfies readonly { form: string; name: string; unavailable: (shape: Shape) => string | null }[];

export type Form = (typeof forms)[number]['form'];

/** `[D, D]` or `[N, N]`: the side of the matrix that a form squares. */
export const side = (form: Form, { N, D }: Shape): number => (form === 'direct' ? D : N);
