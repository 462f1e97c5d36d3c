import { rootStream } from '@jembench/core';
import {
  detectionReport,
  detectionSummary,
  syntheticHistory,
  usualChanges,
  usualNoise,
  type DetectionSummary,
} from '@jembench/harness';

const histories = 10;
const nights = 1000;

/**
 * The detection on synthetic histories of 1,000 nights: with known changes and without, at three levels of noise.
 *
 * The same numbers on every machine.
 */
export function detectionSelfTest(): Record<string, DetectionSummary> {
  const summaries = [0.01, 0.02, 0.03].flatMap((sigma) =>
    [usualChanges, []].map((changes) => {
      const name = `${changes.length} changes, noise ${(100 * sigma).toFixed(0)} %`;
      const reports = Array.from({ length: histories }, (_, i) => {
        const stream = rootStream(0).fork('history').fork(name).fork(i);
        const values = syntheticHistory(nights, changes, { ...usualNoise, sigma }, stream.fork('values'));
        return detectionReport(values, changes, stream.fork('test'));
      });
      return [name, detectionSummary(reports)] as const;
    }),
  );
  return Object.fromEntries(summaries);
}
