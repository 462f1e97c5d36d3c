import type { Stream } from '@jembench/core';
import { HarnessError, liveAccuracies, liveTimings, throughputRule } from '@jembench/harness';
import { compared, withSides, type Effort, type Roots } from '../gate/measure.js';
import type { Counts, Side, SideSetting, StartSide } from '../gate/protocol.js';
import { collapsing, trainedSeed } from '../gate/training.js';
import type { CalibrationFile } from './file.js';

/** By which shares the head is made slower, while it is timed. */
export const slowdowns = [0.05, 0.1, 0.2] as const;
/** How many percentage points of accuracy are taken away. */
export const losses = [1, 3] as const;
/**
 * Changes every bit of the weights and nothing else: the usual weight of the covariance term is 1, and single precision tells the two
 * apart.
 */
const otherBits = { covariance: 1.000001 } as const;

/** What a calibration needs to measure. */
export interface Calibration {
  /** Two folders with the same commit. */
  readonly roots: Roots;
  readonly effort: Effort;
  /** Verdicts a class that each have measurements of their own. */
  readonly verdicts: number;
  readonly file: CalibrationFile;
  /** Root of the order of blocks. */
  readonly random: Stream;
  readonly start: StartSide;
  readonly setting: SideSetting;
  /** Whether the time is over. */
  readonly over: () => boolean;
  readonly progress: (shares: Readonly<Record<string, number>>) => void;
}

/** Timings that a benchmark gets in every pair: as it is, and slowed down. */
interface Timed {
  readonly benchmark: string;
  readonly injected: readonly number[];
}

export const isTrainingStep = (benchmark: string): boolean => benchmark.startsWith('training step');

/** Values of a benchmark in the order of their pairs. */
const ratiosOf = (file: CalibrationFile, benchmark: string, injected: number): number[] =>
  file.timings
    .filter((record) => record.benchmark === benchmark && record.injected === injected)
    .map(({ ratio }) => ratio);

/** Class by class, that with the smallest share of its verdicts first, until all have theirs or the time is over. */
export async function calibrated(calibration: Calibration): Promise<{ readonly family: number }> {
  const { roots, random, over } = calibration;
  const names = await withSides([roots.head], calibration, ([probe]) => Promise.resolve(probe.description.benchmarks));
  const kernelNames = names.filter((name) => !isTrainingStep(name));
  const places = random.fork('slowdowns').permutation(kernelNames.length);
  // Every kernel has one of the three slowdowns; the training step has them all.
  const kernels = kernelNames.map((benchmark, i): Timed => ({
    benchmark,
    injected: [0, slowdowns[places[i] % slowdowns.length]],
  }));
  const steps = names.filter(isTrainingStep).map((benchmark): Timed => ({ benchmark, injected: [0, ...slowdowns] }));
  const live = (own: readonly Timed[]): number =>
    own
      .map(({ benchmark }) => liveTimings(recorded(calibration, benchmark, 0, names.length)).length)
      .reduce((sum, count) => sum + count, 0);
  const classes = {
    kernels: { verdicts: () => live(kernels), next: () => nextPair(calibration, kernels) },
    'training steps': { verdicts: () => live(steps), next: () => nextPair(calibration, steps) },
    accuracy: { verdicts: () => liveSeeds(calibration), next: () => nextSeed(calibration) },
  };
  const shares = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(classes).map(([name, { verdicts }]) => [name, Math.min(1, verdicts() / calibration.verdicts)]),
    );
  // A look of eight pairs ends in one step for all kernels: those that have had the least time are next among equals.
  const spent = new Map<string, number>();
  while (!over()) {
    const now = shares();
    calibration.progress(now);
    const open = Object.entries(classes).filter(([name]) => now[name] < 1);
    if (open.length === 0) break;
    const [[name, { next }]] = open.sort(([a], [b]) => now[a] - now[b] || (spent.get(a) ?? 0) - (spent.get(b) ?? 0));
    const began = performance.now();
    await next();
    spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
  }
  return { family: names.length };
}

/** What the verdicts on a benchmark are made of. */
export const recorded = (
  { file, effort }: Pick<Calibration, 'file' | 'effort'>,
  benchmark: string,
  injected: number,
  family: number,
) => ({ values: ratiosOf(file, benchmark, injected), pairs: effort.pairs, rule: throughputRule, family });

const liveSeeds = ({ file, effort }: Calibration): number =>
  liveAccuracies(
    file.seeds.map(({ rounded, base }) => ({ head: rounded, base })),
    effort,
  ).length;

/** Measures the first pair that is not complete: what is missing of it, in fresh processes. */
async function nextPair(calibration: Calibration, timed: readonly Timed[]): Promise<void> {
  const { roots, effort, file, random, over } = calibration;
  const done = new Set(file.timings.map(({ pair, benchmark, injected }) => `${pair} ${injected} ${benchmark}`));
  const missing = (pair: number) =>
    timed.flatMap(({ benchmark, injected }) =>
      injected.filter((slower) => !done.has(`${pair} ${slower} ${benchmark}`)).map((slower) => ({ benchmark, slower })),
    );
  let pair = 0;
  while (missing(pair).length === 0) pair++;
  const order = random.fork(`pair ${pair}`);
  await withSides([roots.head, roots.base], calibration, async ([head, base]) => {
    for (const { benchmark, slower } of missing(pair)) {
      if (over()) return;
      const moved = slower === 0 ? await movedCounts(head, base, benchmark) : [];
      const ratio = await compared(head, base, benchmark, slower, effort, order.fork(`${benchmark} ${slower}`));
      file.append({ type: 'timing', pair, benchmark, injected: slower, ratio, moved });
    }
  });
}

/** Names of the counts that differ between two processes. */
async function movedCounts(head: Side, base: Side, benchmark: string): Promise<string[]> {
  const [ofHead, ofBase] = [await head.count(benchmark), await base.count(benchmark)];
  return (Object.keys(ofHead) as (keyof Counts)[]).filter((count) => ofHead[count] !== ofBase[count]);
}

/** Trains the next seed: the base, the same code, the same code with other bits, and without what keeps it from collapsing. */
async function nextSeed({ roots, file, start, setting }: Calibration) {
  const seed = file.seeds.length + 1;
  const train = (root: string, options = {}, less: readonly number[] = []) =>
    trainedSeed({ root, start, setting }, seed, options, less);
  const base = await train(roots.base);
  const same = await train(roots.head, {}, losses);
  const rounded = await train(roots.head, otherBits, losses);
  const collapse = await train(roots.head, collapsing);
  const known = (knn: number | null): number => {
    if (knn !== null) return knn;
    throw new HarnessError(`calibration: seed ${seed}, got a run without an accuracy, wanted one of code that works`);
  };
  const byLoss = (less: readonly number[]): Record<string, number> =>
    Object.fromEntries(losses.map((points, i) => [points, less[i]]));
  file.append({
    type: 'seed',
    seed,
    ...{ base: known(base.knn), same: known(same.knn), rounded: known(rounded.knn) },
    ...{ sameLess: byLoss(same.less), roundedLess: byLoss(rounded.less) },
    verdicts: verdictsOf({ base, same, rounded, collapse }),
  });
}

type Verdicts = CalibrationFile['seeds'][number]['verdicts'];

const verdictsOf = (runs: Readonly<Record<keyof Verdicts, { readonly verdict: string }>>): Verdicts =>
  Object.fromEntries(Object.entries(runs).map(([name, { verdict }]) => [name, verdict])) as Verdicts;
