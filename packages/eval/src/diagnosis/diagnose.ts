import { InputError } from '@jembench/core';
import { magnitude, requireShape, type Matrix } from '../matrix/matrix.js';
import { scaledToUnit } from '../matrix/rows.js';
import { classIndices } from '../probes/labels.js';
import { collapseMetrics, undefinedMetrics, type CollapseMetrics } from './metrics.js';
import { judgement, type Judgement } from './verdict.js';

/** All metrics, the verdict and the reasons for it. */
export interface Diagnosis extends CollapseMetrics, Judgement {
  /** Values that are NaN or infinite. */
  readonly nonFinite: number;
}

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** `[N]` class indices. Allow a low rank that the classes explain, as supervised networks have it. */
  readonly labels: ArrayLike<number> | undefined;
  /** The standard deviation that the loss asks of every dimension, for embeddings under such a loss only (VICReg: 1). */
  readonly targetStd: number | undefined;
}

/**
 * Whether embeddings have collapsed, with every metric and the reasons in plain words.
 *
 * - `diverged`: a value is NaN or infinite; no metric is defined.
 * - `type-1`: the same representation for every input; the L2-normalised embeddings have next to no spread (constant rows, zeros,
 *   a narrow cone around one vector, one direction with different lengths), or less than a tenth of the spread the loss asks for.
 * - `type-2`: representations that differ, but along very few of the directions that they could.
 * - `healthy`: neither. It does not say that the embeddings are useful: a random network is healthy too.
 *
 * Criteria and where they come from: {@link collapseCriteria}. The verdict does not change with scale (unless `targetStd` is given),
 * rotation or the order of rows, and uses every row.
 *
 * @param embeddings `[N, D]`, `N >= 2`; a few hundred rows of a held-out split are enough, fewer than 8 say next to nothing.
 * @throws ShapeError for fewer than two rows, no column, or labels of another number; InputError for labels that are no class indices,
 *   or a `targetStd` that is not positive.
 */
export function diagnose(embeddings: Matrix, options: Partial<DiagnoseOptions> = {}): Diagnosis {
  const { targetStd } = options;
  requireShape('diagnose', 'embeddings', embeddings, 2);
  if (targetStd !== undefined && !(targetStd > 0 && targetStd < Infinity)) {
    throw new InputError(`diagnose: targetStd, got ${targetStd}, wanted a positive number`);
  }
  const { rows, columns } = embeddings;
  const labels = options.labels === undefined ? undefined : classIndices('diagnose', 'labels', options.labels, rows);
  const { largest, nonFinite, firstNonFinite } = magnitude(embeddings);
  if (nonFinite > 0) {
    const reason =
      `${nonFinite} of ${rows * columns} values are NaN or infinite, the first (${embeddings.data[firstNonFinite]}) in row ` +
      `${Math.floor(firstNonFinite / columns)}, column ${firstNonFinite % columns}, counted from 0`;
    return { ...undefinedMetrics(rows, columns), nonFinite, verdict: 'diverged', reasons: [reason] };
  }
  const { scaled, scale } = scaledToUnit(embeddings, largest);
  const metrics = collapseMetrics(scaled, scale, labels);
  const classes = labels === undefined ? undefined : new Set(labels).size;
  return { ...metrics, nonFinite, ...judgement(scaled, metrics, { targetStd, classes }) };
}
