import { checkNumber, checkShapes } from '../../checks.js';
import { ShapeError } from '../../errors.js';
import type { Tensor3D } from '../../tf.js';
import { chooseImplementation, type ImplementationOption } from '../implementation.js';
import { attentionComposed } from './composed.js';
import { attentionWasm } from './wasm.js';

/** The backends with a kernel of their own. */
export const attentionFused = ['wasm'] as const;

/**
 * Scaled dot-product attention of a sequence to itself, several heads side by side.
 *
 *     out_h = softmax(q_h k_h^T / sqrt(D / heads)) v_h
 *
 * Head h is the columns `h D / heads` to `(h + 1) D / heads` of q, k, v and of the result.
 *
 * @param qkv `[N, T, 3 D]` float32: q, then k, then v, as one projection gives them.
 * @param heads divides D.
 * @returns `[N, T, D]`, differentiable.
 * @throws ShapeError "attention: qkv has width 20, wanted a multiple of 3 x 2 heads"; InputError for heads that are no whole number.
 * @see Vaswani et al., arXiv:1706.03762
 */
export function attention(qkv: Tensor3D, heads: number, options: ImplementationOption = {}): Tensor3D {
  checkShapes('attention', { qkv: [qkv, 'N T W'] });
  checkNumber('attention', 'heads', heads, { from: 1, integer: true });
  const width = qkv.shape[2];
  if (width % (3 * heads) !== 0) {
    throw new ShapeError(`attention: qkv has width ${width}, wanted a multiple of 3 x ${heads} heads`);
  }
  const fused = chooseImplementation('attention', options, attentionFused) === 'wasm';
  return fused ? attentionWasm(qkv, heads) : attentionComposed(qkv, heads);
}
