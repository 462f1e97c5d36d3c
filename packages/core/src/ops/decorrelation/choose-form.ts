import { tf, type Scalar } from '../../tf.js';
import { readsCheaply } from '../reads-cheaply.js';

/** By the `[D, D]` matrix, or by `[N, N]` Gram matrices and a subtraction. */
export type PenaltyForm = 'direct' | 'gram';

export const penaltyForms = ['auto', 'direct', 'gram'] as const;

/** The two terms of `sum_{j != k} C_jk^2 = sum_{jk} C_jk^2 - sum_j C_jj^2`, the first from `[N, N]` matrices. */
export interface GramTerms {
  readonly all: Scalar;
  readonly diagonal: Scalar;
  /** The size of what is summed up in `all`, where terms of both signs are. */
  readonly size?: Scalar;
}

/**
 * The off-diagonal sum of squares in the form asked for; `auto` takes the cheaper one that is exact enough.
 *
 * The Gram form costs `N^2 D` instead of `N D^2`, and subtracts the diagonal part. The rank of C is below N, so that with equal variances
 * its whole is at least `D / (N - 1)` times its diagonal part: for `D >= 2 N` the subtraction loses a bit. Where variances differ, or two
 * views do not correlate, more is lost; the terms show it, and `auto` then computes the direct form. Where reading them is not cheap, it
 * does so at once.
 */
export function penaltyInForm(
  form: PenaltyForm | 'auto',
  [N, D]: readonly [number, number],
  gram: () => GramTerms,
  direct: () => Scalar,
): Scalar {
  return tf.tidy(() => {
    if (form === 'direct' || (form === 'auto' && (D < 2 * N || !readsCheaply()))) return direct();
    const terms = gram();
    if (form === 'auto' && !losesLittle(terms)) return direct();
    return tf.sub(terms.all, terms.diagonal);
  });
}

/** At most a bit each in the sum and in the subtraction. False for NaN, too, which the direct form then shows. */
function losesLittle({ all, diagonal, size = all }: GramTerms): boolean {
  const sum = all.dataSync()[0];
  return sum >= 2 * diagonal.dataSync()[0] && 2 * sum >= size.dataSync()[0];
}
