import type { Row } from '../rows/schema.js';
import { compact } from './numbers.js';
import { figures, type Better } from './figures.js';

/** An entry of the custom formats of github-action-benchmark. */
export interface BenchmarkEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra?: string;
}

/**
 * The rows for https://github.com/benchmark-action/github-action-benchmark, tool `customSmallerIsBetter` or `customBiggerIsBetter`.
 * The tool takes one direction a file, so the figures of the other are left out. Names are the row's with the measure behind it.
 */
export function githubActionBenchmark(rows: readonly Row[], better: Better): BenchmarkEntry[] {
  const commits = [...new Set(rows.map((row) => row.commit))].join(', ');
  return figures(rows)
    .filter((figure) => figure.better === better)
    .map(({ benchmark, measure, unit, value, low, high }) => ({
      name: `${benchmark}: ${measure}`,
      unit,
      value,
      ...(low !== null && high !== null && { range: `${compact(low)}-${compact(high)}` }),
      extra: `commit ${commits}`,
    }));
}
