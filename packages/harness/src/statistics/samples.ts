import { HarnessError } from '../errors.js';

/** @throws HarnessError where a sample is not finite, or there are fewer than `least`. */
export function checkSamples(where: string, values: readonly number[], least = 1): void {
  if (values.length < least) {
    throw new HarnessError(`${where}: samples, got ${values.length}, wanted at least ${least}`);
  }
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw new HarnessError(`${where}: sample ${index}, got ${values[index]}, wanted a finite number`);
}

/** @throws HarnessError where the confidence is not strictly between 0 and 1. */
export function checkConfidence(where: string, confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new HarnessError(`${where}: confidence, got ${confidence}, wanted a number between 0 and 1, such as 0.95`);
  }
}

/** Arithmetic mean. */
export function mean(values: readonly number[]): number {
  checkSamples('mean', values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (division by n - 1). */
export function standardDeviation(values: readonly number[]): number {
  checkSamples('standardDeviation', values, 2);
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  checkSamples('median', values);
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
