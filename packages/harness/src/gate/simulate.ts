import type { Random } from '../statistics/random.js';
import type { LineVerdict } from './line.js';
import { lookedAgain, lookedAt, repeated, type Looked, type ThroughputRule } from './throughput.js';

/** How the medians of pairs of processes scatter on a machine. */
export interface PairNoise {
  /** Standard deviation of an undisturbed pair. */
  readonly sigma: number;
  /** Share of pairs during which something else ran, and how many times wider they scatter. */
  readonly disturbed: number;
  readonly wider: number;
}

/** A shared machine with two cores: 2 % a pair, one pair in ten three times as far off. */
export const usualPairNoise: PairNoise = { sigma: 0.02, disturbed: 0.1, wider: 3 };

/** Where the values of a pair of fresh processes come from: a machine, or a simulation of one. */
type PairSource = (benchmark: number) => number;

/** Values of pairs whose head is slower by the given log-ratio on each benchmark. */
function simulatedPairs(effects: readonly number[], noise: PairNoise, random: Random): PairSource {
  return (benchmark) => {
    const width = random.uniform() < noise.disturbed ? noise.sigma * noise.wider : noise.sigma;
    return effects[benchmark] + width * random.normal();
  };
}

/**
 * The whole procedure of a gate's timings on simulated pairs: a first look at all benchmarks, a second at the undecided, fails repeated.
 *
 * Must do what the gate does with real processes: it is what the published error rates are computed with.
 */
export function simulatedGate(
  benchmarks: number,
  pairs: number,
  source: PairSource,
  rule: ThroughputRule,
): LineVerdict[] {
  const fresh = (benchmark: number): number[] => Array.from({ length: pairs }, () => source(benchmark));
  const values = Array.from({ length: benchmarks }, (_, i) => fresh(i));
  let lines: Looked[] = lookedAt(values, 1, rule);
  if (lines.some(({ again }) => again)) {
    const more = lines.map(({ again }, i) => (again ? fresh(i) : []));
    lines = lookedAgain(lines, values, more, rule);
  }
  return lines.map((line, i) => (line.verdict === 'fail' ? repeated(line, fresh(i), rule) : line).verdict);
}

/** How often a gate fails, among how many simulated ones; `effects` as in `simulatedPairs`. */
export function simulatedFailures(
  gates: number,
  effects: readonly number[],
  pairs: number,
  noise: PairNoise,
  random: Random,
  rule: ThroughputRule,
): number {
  const source = simulatedPairs(effects, noise, random);
  let failures = 0;
  for (let i = 0; i < gates; i++) {
    if (simulatedGate(effects.length, pairs, source, rule).includes('fail')) failures++;
  }
  return failures;
}

/** How often accuracies of `seeds` seeds, `effect` points apart and scattering by `sigma`, are judged so by `judge`. */
export function simulatedAccuracies(
  trials: number,
  effect: number,
  sigma: number,
  seeds: number,
  random: Random,
  judge: (head: readonly number[], base: readonly number[]) => boolean,
): number {
  let count = 0;
  for (let i = 0; i < trials; i++) {
    const base = Array.from({ length: seeds }, () => 60 + 3 * random.normal());
    const head = base.map((value) => value + effect + sigma * random.normal());
    if (judge(head, base)) count++;
  }
  return count;
}
