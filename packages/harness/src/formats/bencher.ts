import { HarnessError } from '../errors.js';
import type { Row } from '../rows/schema.js';
import { figures } from './figures.js';

/** Bencher Metric Format: benchmark → measure → metric. */
export type BencherMetrics = Record<
  string,
  Record<string, { readonly value: number; readonly lower_value?: number; readonly upper_value?: number }>
>;

/** Bencher refuses longer names. */
const longestName = 1024;

/**
 * The rows for https://bencher.dev, adapter `json`. Measures carry their unit (`ms`, `percent-knn`), because Bencher's own `latency` is
 * in nanoseconds.
 *
 * @throws HarnessError where two rows measure the same thing: one would hide the other.
 */
export function bencherMetrics(rows: readonly Row[]): BencherMetrics {
  const metrics: BencherMetrics = {};
  for (const { benchmark, measure, unit, value, low, high } of figures(rows)) {
    const name = benchmark.slice(0, longestName);
    const slug = measure === 'ms' ? 'ms' : unit === '%' ? `percent-${kebab(measure)}` : kebab(measure);
    const measured = (metrics[name] ??= {});
    if (slug in measured) {
      throw new HarnessError(
        `bencher: ${name} ${measure}, got two rows, wanted one; export the rows of one run of the suite at a time`,
      );
    }
    measured[slug] = {
      value,
      ...(low !== null && { lower_value: low }),
      ...(high !== null && { upper_value: high }),
    };
  }
  return metrics;
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
