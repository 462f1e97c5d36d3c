import { HarnessError } from '../errors.js';
import { median } from '../statistics/samples.js';
import { lookedAgain, lookedAt, repeated, type Looked, type ThroughputRule } from './throughput.js';

/** The looks of a gate at its timings, in their order; `again` is the repetition of a fail. */
export const timingLooks = ['first', 'second', 'again'] as const;

/** What is to be measured next: as many fresh pairs of processes as before, of these benchmarks by their index. */
export interface Wanted {
  readonly look: (typeof timingLooks)[number];
  readonly benchmarks: readonly number[];
}

/** One block of each side, milliseconds a step. */
export interface BlockPair {
  readonly head: number;
  readonly base: number;
}

/**
 * What a pair of fresh processes says of a benchmark: the median of `ln(t_head / t_base)` over its blocks.
 *
 * @throws HarnessError for no block, and for a time that is not a positive finite number.
 */
export function pairRatio(blocks: readonly BlockPair[], benchmark: string): number {
  for (const { head, base } of blocks) {
    for (const ms of [head, base]) {
      if (!(ms > 0 && ms < Infinity))
        throw new HarnessError(`${benchmark}: time of a step, got ${ms} ms, wanted a positive number`);
    }
  }
  return median(blocks.map(({ head, base }) => Math.log(head / base)));
}

/**
 * The whole procedure of a gate's timings: a first look at all benchmarks, a second at the undecided, fails repeated.
 *
 * It says what it wants measured and takes the values; where they come from (processes, a record of processes, a simulation) is not its
 * business, so that gates, their calibration and their tests decide by the same code.
 */
export class TimingProcedure {
  #wanted: Wanted | null;
  #first: readonly (readonly number[])[] = [];
  #lines: Looked[] = [];
  readonly #family: number;
  readonly #repeat: boolean;

  /**
   * @param family as in `lookedAt`.
   * @param repeat whether a fail must repeat; controls need not.
   */
  constructor(
    benchmarks: number,
    private readonly rule: ThroughputRule,
    { family = benchmarks, repeat = true }: { readonly family?: number; readonly repeat?: boolean } = {},
  ) {
    this.#family = family;
    this.#repeat = repeat;
    const all = Array.from({ length: benchmarks }, (_, i) => i);
    this.#wanted = benchmarks === 0 ? null : { look: 'first', benchmarks: all };
  }

  /** Null when everything is decided. */
  get wanted(): Wanted | null {
    return this.#wanted;
  }

  /** The benchmarks as far as they are decided. */
  get lines(): readonly Looked[] {
    return this.#lines;
  }

  /** @param values of the wanted benchmarks, in their order. */
  give(values: readonly (readonly number[])[]): void {
    const wanted = this.#wanted;
    if (values.length !== wanted?.benchmarks.length) {
      const wants = wanted?.benchmarks.length ?? 0;
      throw new HarnessError(`timings: values, got those of ${values.length} benchmarks, wanted ${wants}`);
    }
    const { look, benchmarks } = wanted;
    const given = (i: number): readonly number[] => values[benchmarks.indexOf(i)] ?? [];
    if (look === 'first') {
      this.#first = values;
      this.#lines = lookedAt(values, 1, this.rule, this.#family);
      if (this.#ask('second', ({ again }) => again)) return;
    } else if (look === 'second') {
      const more = this.#lines.map((_, i) => given(i));
      this.#lines = lookedAgain(this.#lines, this.#first, more, this.rule, this.#family);
    } else {
      this.#lines = this.#lines.map((line, i) => (benchmarks.includes(i) ? repeated(line, given(i), this.rule) : line));
      this.#wanted = null;
      return;
    }
    if (!this.#repeat || !this.#ask('again', ({ verdict }) => verdict === 'fail')) this.#wanted = null;
  }

  #ask(look: Wanted['look'], those: (line: Looked) => boolean): boolean {
    const benchmarks = this.#lines.flatMap((line, i) => (those(line) ? [i] : []));
    this.#wanted = benchmarks.length === 0 ? null : { look, benchmarks };
    return benchmarks.length > 0;
  }

  /** Runs to the end with values that are there at once. */
  decided(source: (benchmark: number, look: Wanted['look']) => readonly number[]): readonly Looked[] {
    for (let wanted = this.wanted; wanted !== null; wanted = this.wanted) {
      const { look, benchmarks } = wanted;
      this.give(benchmarks.map((benchmark) => source(benchmark, look)));
    }
    return this.lines;
  }
}
