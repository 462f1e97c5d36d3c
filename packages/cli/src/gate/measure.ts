import type { Stream } from '@jembench/core';
import { pairRatio, type ControlOutcome } from '@jembench/harness';
import type { Side, SideSetting, StartSide } from './protocol.js';

/** How much is measured. */
export interface Effort {
  readonly sizes: SideSetting['sizes'];
  /** Pairs of fresh processes a look. */
  readonly pairs: number;
  /** Blocks a side, benchmark and pair. */
  readonly blocks: number;
  /** Milliseconds a block, at least. */
  readonly blockMs: number;
  readonly seeds: number;
  readonly mostSeeds: number;
}

/** The code of the two sides. */
export interface Roots {
  readonly head: string;
  readonly base: string;
}

/** Log-ratios by benchmark, a value a pair of processes; and those of the controls, of the head against itself. */
export interface Ratios {
  readonly benchmarks: ReadonlyMap<string, readonly number[]>;
  readonly controls: ReadonlyMap<ControlOutcome['control'], readonly number[]>;
}

/** What is measured, and how. */
export interface Measurement {
  readonly roots: Roots;
  readonly effort: Effort;
  readonly setting: SideSetting;
  readonly start: StartSide;
  readonly progress: (text: string) => void;
}

/** The benchmark on which two more head processes are compared, as they are and one slowed down by a share of every step. */
export interface Control {
  readonly benchmark: string;
  readonly injected: number;
}

/**
 * Measures benchmarks in pairs of fresh processes that take turns, block by block, in random order.
 *
 * @throws SideError where a side fails at a benchmark that it has.
 */
export async function measured(
  measurement: Measurement,
  benchmarks: readonly string[],
  control: Control | null,
  random: Stream,
): Promise<Ratios> {
  const { roots, effort, progress } = measurement;
  const ratios = new Map<string, number[]>(benchmarks.map((name) => [name, []]));
  const controls = { 'A/A': [] as number[], slowdown: [] as number[] };
  for (let pair = 0; pair < effort.pairs; pair++) {
    const order = random.fork(`pair ${pair}`);
    progress(`pair ${pair + 1} of ${effort.pairs}`);
    await withSides(
      // The twins are fresh, both: a process that has been timed already has compiled what the other has not.
      [roots.head, roots.base, ...(control === null ? [] : [roots.head, roots.head])],
      measurement,
      async ([head, base, ...twins]) => {
        for (const benchmark of benchmarks) {
          ratios.get(benchmark)?.push(await compared(head, base, benchmark, 0, effort, order.fork(benchmark)));
        }
        if (control === null) return;
        const { benchmark, injected } = control;
        controls['A/A'].push(await compared(twins[0], twins[1], benchmark, 0, effort, order.fork('A-A')));
        controls.slowdown.push(await compared(twins[0], twins[1], benchmark, injected, effort, order.fork('slowdown')));
      },
    );
  }
  return {
    benchmarks: ratios,
    controls: new Map(control === null ? [] : Object.entries(controls)) as Ratios['controls'],
  };
}

/** Does something with fresh processes, all of them or none, which end with it. @throws SideError where one cannot load its code. */
export async function withSides<T>(
  roots: readonly string[],
  { start, setting }: Pick<Measurement, 'start' | 'setting'>,
  work: (sides: readonly Side[]) => Promise<T>,
): Promise<T> {
  const started = await Promise.allSettled(roots.map((root) => start(root, setting)));
  const sides = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return await work(sides);
  } finally {
    await Promise.all(sides.map((side) => side.end()));
  }
}

/** Median of `ln(t_one / t_two)` over the blocks of two processes; the first is made slower by a share of every step. */
export async function compared(
  one: Side,
  two: Side,
  benchmark: string,
  slower: number,
  effort: Effort,
  order: Stream,
): Promise<number> {
  for (const side of [one, two]) await side.open(benchmark);
  try {
    // Compilation and caches: a block that does not count.
    for (const side of [one, two]) await side.block(effort.blockMs);
    const blocks: { head: number; base: number }[] = [];
    for (let block = 0; block < effort.blocks; block++) {
      const time = { one: 0, two: 0 };
      for (const which of order.chance(0.5) ? (['one', 'two'] as const) : (['two', 'one'] as const)) {
        time[which] = which === 'one' ? await one.block(effort.blockMs, slower) : await two.block(effort.blockMs);
      }
      blocks.push({ head: time.one, base: time.two });
    }
    return pairRatio(blocks, benchmark);
  } finally {
    for (const side of [one, two]) await side.close();
  }
}
