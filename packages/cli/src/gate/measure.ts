import type { Stream } from '@jembench/core';
import { pairRatio, type ControlOutcome } from '@jembench/harness';
import type { Side, StartSide } from './protocol.js';

/** How much is measured. */
export interface Effort {
  readonly sizes: 'smoke' | 'quick';
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

/** The slowdown that every gate must find. */
const injected = 0.1;

/**
 * Measures benchmarks in pairs of fresh processes that take turns, block by block, in random order.
 *
 * @param control the benchmark on which a second head process is compared with the first, as it is and slowed down; null for none.
 * @throws SideError where a side fails at a benchmark that it has.
 */
export async function measured(
  roots: Roots,
  benchmarks: readonly string[],
  control: string | null,
  effort: Effort,
  random: Stream,
  progress: (text: string) => void,
  start: StartSide,
): Promise<Ratios> {
  const ratios = new Map<string, number[]>(benchmarks.map((name) => [name, []]));
  const controls = new Map<ControlOutcome['control'], number[]>(
    control === null
      ? []
      : [
          ['A/A', []],
          ['slowdown', []],
        ],
  );
  for (let pair = 0; pair < effort.pairs; pair++) {
    const order = random.fork(`pair ${pair}`);
    progress(`pair ${pair + 1} of ${effort.pairs}`);
    const sides = await startedSides(
      [roots.head, roots.base, ...(control === null ? [] : [roots.head])],
      effort,
      start,
    );
    try {
      const [head, base, twin] = sides;
      for (const benchmark of benchmarks) {
        ratios.get(benchmark)?.push(await compared(head, base, benchmark, 0, effort, order.fork(benchmark)));
      }
      if (control === null) continue;
      controls.get('A/A')?.push(await compared(head, twin, control, 0, effort, order.fork('A-A')));
      controls.get('slowdown')?.push(await compared(head, twin, control, injected, effort, order.fork('slowdown')));
    } finally {
      for (const side of sides) side.end();
    }
  }
  return { benchmarks: ratios, controls };
}

/** Fresh processes, all of them or none. @throws SideError where one cannot load its code. */
export async function startedSides(roots: readonly string[], effort: Effort, start: StartSide): Promise<Side[]> {
  const started = await Promise.allSettled(roots.map((root) => start(root, effort.sizes)));
  const sides = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed === undefined) return sides;
  for (const side of sides) side.end();
  throw failed.reason;
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
