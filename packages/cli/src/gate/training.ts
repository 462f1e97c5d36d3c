import { accuracyJudged, type Seeded } from '@jembench/harness';
import { nothing, type Line } from './line.js';
import { trainingBenchmark } from './loaded-side.js';
import { withSides } from './measure.js';
import type { StartSide, SideSetting, TrainedSeed } from './protocol.js';
import type { Request } from './request.js';
import { refusal } from './side.js';
import type { Controlled } from './speeds.js';

/** The training whose accuracy a gate compares, by the name of its lines. */
export const trainedName = 'vicreg on shapes';

/** Whether a line is about training, by its name. */
export const isTraining = (line: string): boolean => line === trainingBenchmark || line.startsWith(trainedName);

/** What one side's training needs. */
export interface Trainer {
  readonly root: string;
  readonly start: StartSide;
  readonly setting: SideSetting;
}

const lineOf = (what: string, line: Omit<Line, 'benchmark' | 'host'>): Line => ({
  host: 'node',
  benchmark: `${trainedName}: ${what}`,
  ...line,
});

/** Probe accuracy paired by seed, and that nothing collapses. */
export async function trainings({ roots, effort, setting, start, progress }: Request): Promise<Line[]> {
  const [head, base]: TrainedSeed[][] = [[], []];
  const failed = (verdict: 'fail' | 'neutral', note: string): Line[] => [
    lineOf('kNN', { ...nothing, kind: 'accuracy', verdict, note }),
    ...(verdict === 'fail' ? [] : [collapseLine(head, [])]),
  ];
  let judged: Seeded | null = null;
  for (const upTo of [effort.seeds, effort.mostSeeds]) {
    for (let seed = head.length + 1; seed <= upTo; seed++) {
      progress(`training seed ${seed}`);
      const ofHead = await trainedOr({ root: roots.head, start, setting }, seed, 'head');
      if (typeof ofHead === 'string') return failed('fail', `head: ${ofHead}`);
      head.push(ofHead);
      const ofBase = await trainedOr({ root: roots.base, start, setting }, seed, 'base');
      if (typeof ofBase === 'string') return failed('neutral', `base: ${ofBase}`);
      base.push(ofBase);
    }
    judged = accuracies(head, base, effort.mostSeeds);
    if (!judged.again) break;
  }
  if (judged === null) throw new Error('trainings: got no seeds, wanted some');
  return [lineOf('kNN', { kind: 'accuracy', ...judged }), collapseLine(head, base)];
}

/** A run that collapsed by itself, or only here and not on the other side. */
export const collapsed = ({ verdict }: TrainedSeed, beside: TrainedSeed | null): boolean =>
  verdict === 'type-1' || verdict === 'diverged' || (verdict === 'type-2' && beside?.verdict === 'healthy');

function collapseLine(head: readonly TrainedSeed[], base: readonly TrainedSeed[]): Line {
  const bad = head.filter((one, i) => collapsed(one, base.at(i) ?? null)).length;
  return lineOf('collapse', {
    ...{ kind: 'collapse', effect: bad, low: bad, high: bad, allowed: 0 },
    ...{ verdict: bad > 0 ? 'fail' : 'pass', note: head.map(({ verdict }) => verdict).join(' ') },
  });
}

/** Accuracies by seed; one that a side does not have is no 0. */
function accuracies(head: readonly TrainedSeed[], base: readonly TrainedSeed[], mostSeeds: number): Seeded {
  const known = (results: readonly TrainedSeed[]): number[] =>
    results.flatMap(({ knn }) => (knn === null ? [] : [knn]));
  const lacking = (verdict: 'fail' | 'neutral', side: string, results: readonly TrainedSeed[]): Seeded => ({
    ...{ ...nothing, again: false, verdict },
    note: `${side}: a seed has no accuracy (${results.map((one) => one.verdict).join(' ')})`,
  });
  if (known(head).length < head.length) return lacking('fail', 'head', head);
  if (known(base).length < base.length) return lacking('neutral', 'base', base);
  return accuracyJudged(known(head), known(base), mostSeeds);
}

async function trainedOr(trainer: Trainer, seed: number, which: 'head' | 'base'): Promise<TrainedSeed | string> {
  try {
    return await trainedSeed(trainer, seed);
  } catch (error) {
    return refusal(error, which);
  }
}

/** One seed in a fresh process of one side. */
export function trainedSeed(
  { root, start, setting }: Trainer,
  seed: number,
  options: Readonly<Record<string, number>> = {},
  less: readonly number[] = [],
): Promise<TrainedSeed> {
  return withSides([root], { start, setting }, ([side]) => side.train(seed, options, less));
}

/** Options that VICReg collapses with: it has no variance term. */
export const collapsing = { variance: 0 } as const;

/** VICReg without its variance term collapses; a gate that does not see that sees nothing. Also what the side is. */
export async function collapseControl({ roots, setting, start, progress }: Request) {
  progress('control: a run that must collapse');
  return withSides([roots.head], { start, setting }, async ([side]) => {
    const result = await side.train(1, collapsing);
    const controlled: Controlled = {
      ...nothing,
      ...{ host: 'node', control: 'collapse', benchmark: 'vicreg without its variance term' },
      ...{ verdict: collapsed(result, null) ? 'fail' : 'pass', note: result.verdict },
    };
    return { controlled, side: side.description };
  });
}
