/**
 * What {@link diagnose} calls collapse. All but `leastShareOfTargetStd` are free of scale, and all of rotation.
 *
 * The figures in the comments are of embeddings of real test images by random and trained networks of 128 dimensions: README, "Where
 * the criteria come from".
 */
export const collapseCriteria = {
  /**
   * Type 1 when the spread of the L2-normalised embeddings (`sqrt(sum of their variances)`, 1 for an even spread) is below this: the
   * mean cosine of two different embeddings is then above 0.9975.
   *
   * Not collapsed, narrowest seen: 0.057 (random, no normalisation, post-ReLU features, MNIST); random networks with batch norm 0.14
   * and more. Collapsed: a cosine loss with nothing against collapse is at 0.031 after 100 steps, 0.023 after 200, and falls.
   */
  leastSpread: 0.05,
  /**
   * Type 1 also below this spread (mean cosine above 0.96) when the rank is low as well: a narrow cone in which nothing varies but
   * the length. SimSiam without stop-gradient and without output norm passes through it (0.07 after 100 steps, rank 1.1) on its way
   * to a point; random networks in as narrow a cone vary inside it (RankMe, centred, 30 and more of 128).
   */
  narrowCone: 0.2,
  /**
   * The share of rows that may stand apart: type 1 and type 2 are judged once more without the rows farthest from the mean (from 50
   * rows on), so that neither a handful of outliers hides a constant representation nor a few huge rows look like a low rank.
   */
  outlyingShare: 0.02,
  /**
   * Type 1 when the caller states the standard deviation that the loss asks of every dimension (VICReg: 1), and the embeddings have
   * less than this share of it. It is the only criterion that depends on scale: without its variance term VICReg shrinks the
   * embeddings to a point (0.01 after 400 steps; 0.5 with it) while their directions keep differing.
   */
  leastShareOfTargetStd: 0.1,
  /**
   * Type 2 when the effective rank of the covariance is below `cap^(1/4)` and RankMe, as given and centred, below `cap^(1/2)`,
   * `cap = min(N - 1, D)`: the entropy of the eigenvalues is under a quarter, and that of the singular values under half, of the
   * largest possible. For a cap of 127 that is 3.4 and 11.3.
   *
   * Both must be low. The effective rank alone would convict random features, which brightness dominates (2.6 of 128, but RankMe,
   * centred, 22), and come close to healthy SimSiam early on (3.7 and 18). Collapsed: VICReg without covariance term 1.0 and 3.7,
   * SimSiam without stop-gradient 1.0 and 1.6. A floor that grows with the cap lets low-dimensional embeddings be: 2 of 2, 9 of 10.
   */
  effectiveRankPower: 1 / 4,
  rankMePower: 1 / 2,
  /**
   * With fewer rows than this chance alone makes low ranks (three points are close to a line one time in four): then only rank 1, to
   * a hundredth, is type 2.
   */
  fewestRows: 8,
  fewRowsRank: 1.01,
  /**
   * A low rank is not called collapse when labels are given and explain it: more than this share of the variance lies between classes,
   * and the effective rank is at least half of `classes - 1`, the rank that supervised training ends in.
   */
  leastBetweenClassShare: 0.5,
  /** Below this relative spread rows differ by float32 rounding, and a rank would count rounding errors. */
  rounding: 1e-6,
  /** {@link compareRank}: type 2 against a reference when the effective rank is below this share of the reference's. */
  leastShareOfReferenceRank: 0.5,
} as const;

/** The ranks below which embeddings count as type 2; `null` when the cap allows only one direction, and no rank can be low. */
export function rankFloors(count: number, rankCap: number): { effectiveRank: number; rankMe: number } | null {
  const { effectiveRankPower, rankMePower, fewestRows, fewRowsRank } = collapseCriteria;
  if (rankCap < 2) return null;
  if (count < fewestRows) return { effectiveRank: fewRowsRank, rankMe: fewRowsRank };
  return { effectiveRank: rankCap ** effectiveRankPower, rankMe: rankCap ** rankMePower };
}
