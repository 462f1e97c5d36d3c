export interface VicregWeights {
  readonly invariance: number;
  readonly variance: number;
  readonly covariance: number;
}

/** What sets one published form of VICReg apart from another. */
export interface VicregConventions {
  /** `entry`: mean of the squared difference over N and D. `row`: mean over N of the squared distance, D times as much. */
  readonly invariance: 'entry' | 'row';
  /** What the hinge is on: `std`, the root of the variance plus eps, or the `variance` itself. */
  readonly spread: 'std' | 'variance';
  /** Factor of each branch's hinge. */
  readonly varianceFactor: number;
  /** Added to the variance under the root. */
  readonly eps: number;
  /** Variance and covariance divide by `N - ddof`. */
  readonly ddof: 0 | 1;
  /** What the sum over the off-diagonal of C^2 is divided by: the dimensions D, or the entries D (D - 1). */
  readonly covariance: 'dimensions' | 'entries';
  readonly weights: VicregWeights;
}

const official: VicregConventions = {
  invariance: 'entry',
  spread: 'std',
  varianceFactor: 0.5,
  eps: 1e-4,
  ddof: 1,
  covariance: 'dimensions',
  weights: { invariance: 25, variance: 25, covariance: 1 },
};

/**
 * The forms of VICReg that are in use. They differ, and a figure without its dialect cannot be compared.
 *
 * - `official`: facebookresearch/vicreg@4e12602 main_vicreg.py.
 * - `paper`: arXiv:2105.04906, equations 1 to 6: no 1/2 on the variance, invariance per row. D times the official invariance.
 * - `solo-learn`: vturrisi/solo-learn@9187ea3 solo/losses/vicreg.py: no 1/2 on the variance.
 * - `eb-jepa`: facebookresearch/eb_jepa@966e61e eb_jepa/losses.py: the covariance term is a mean over entries, weights 1; its image
 *   configuration sets the covariance weight to 80.
 * - `lecture`: Atcold/NYU-DLSP21@1c516bf docs/en/week15/15-2.md: the hinge is on the variance, C divides by N, weights 1. The
 *   page prints no mean over the batch; `row` is the reading of METHODS.md.
 */
export const vicregDialects = {
  official,
  paper: { ...official, invariance: 'row', varianceFactor: 1 },
  'solo-learn': { ...official, varianceFactor: 1 },
  'eb-jepa': {
    ...official,
    varianceFactor: 1,
    covariance: 'entries',
    weights: { invariance: 1, variance: 1, covariance: 1 },
  },
  lecture: {
    invariance: 'row',
    spread: 'variance',
    varianceFactor: 1,
    eps: 0,
    ddof: 0,
    covariance: 'dimensions',
    weights: { invariance: 1, variance: 1, covariance: 1 },
  },
} as const satisfies Readonly<Record<string, VicregConventions>>;

export type VicregDialect = keyof typeof vicregDialects;
