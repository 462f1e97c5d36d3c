import { Bench, type Task } from 'tinybench';
import { HarnessError } from '../errors.js';

/** How long and how often to time. */
export interface TimingOptions {
  /** Samples of each task, at least; more where the time allows. */
  readonly minSamples: number;
  readonly maxSamples: number;
  /** Time to spend on each task, milliseconds, warm-up excluded. */
  readonly budgetMs: number;
  /** Steps before the first sample: compilation, allocation, caches. */
  readonly warmupSteps: number;
  /** A sample repeats its step until it lasts this long, so that the clock's tick does not show. */
  readonly minSampleMs: number;
  /** Milliseconds; the host's finest clock. */
  readonly now: () => number;
  /** Called once the tasks are warm, before the first sample of any. */
  readonly onFirstSample?: () => void;
}

export const defaultTiming: Omit<TimingOptions, 'now'> = {
  minSamples: 7,
  maxSamples: 101,
  budgetMs: 1000,
  warmupSteps: 2,
  minSampleMs: 1,
};

/** A step to be timed under a name; the hooks run around every sample, outside its time. */
export interface TimedTask {
  readonly name: string;
  readonly step: () => Promise<void>;
  /** Milliseconds of so many steps by a clock of its own, which is then believed. */
  readonly timed?: (repeats: number) => Promise<number>;
  readonly beforeSample?: () => void;
  readonly afterSample?: () => void;
}

/** Milliseconds per step of every sample, or what a step threw. */
export type TaskTimes = { readonly times: readonly number[] } | { readonly error: unknown };

/**
 * Times several tasks in turn, one sample of each per round, the order reversed every other round: a machine that slows down slows
 * all of them, and none is always measured first. A task that throws is left out of the rounds that follow; the others go on.
 *
 * @returns the outcome of every task, in the order given; the i-th times of two tasks are of one round.
 */
export async function interleavedTimings(
  tasks: readonly TimedTask[],
  options: TimingOptions,
): Promise<readonly TaskTimes[]> {
  checkTiming(options);
  const runs: TaskRun[] = [];
  for (const task of tasks) runs.push(await TaskRun.warmedUp(task, options));
  const rounds = Math.max(...runs.map((run) => run.samples), 0);
  if (rounds > 0) options.onFirstSample?.();
  for (let round = 0; round < rounds; round++) {
    for (const run of round % 2 === 0 ? runs : [...runs].reverse()) {
      if (round < run.samples) await run.sample();
    }
  }
  return runs.map((run) => run.outcome);
}

class TaskRun {
  outcome: { times: number[] } | { error: unknown } = { times: [] };
  samples = 0;
  #repeats = 1;
  readonly #timed: Task;

  private constructor(task: TimedTask, options: TimingOptions) {
    const bench = new Bench({
      iterations: 1,
      time: 0,
      warmup: false,
      retainSamples: true,
      throws: true,
      now: options.now,
    });
    const hooks = {
      ...(task.beforeSample && { beforeEach: task.beforeSample }),
      ...(task.afterSample && { afterEach: task.afterSample }),
    };
    bench.add(
      task.name,
      async () => {
        if (task.timed !== undefined) return { overriddenDuration: await task.timed(this.#repeats) };
        for (let i = 0; i < this.#repeats; i++) await task.step();
        return {};
      },
      { async: true, ...hooks },
    );
    this.#timed = bench.tasks[0];
  }

  /** Reads off the last warm-up step how many steps make a sample and how many samples fit the budget. */
  static async warmedUp(task: TimedTask, options: TimingOptions): Promise<TaskRun> {
    const run = new TaskRun(task, options);
    try {
      for (let i = 1; i < options.warmupSteps; i++) await task.step();
      const started = options.now();
      const own = await (task.timed === undefined ? task.step() : task.timed(1));
      const once = Math.max(own ?? options.now() - started, 1e-4);
      run.#repeats = Math.max(1, Math.ceil(options.minSampleMs / once));
      const affordable = Math.floor(options.budgetMs / (once * run.#repeats));
      run.samples = Math.min(options.maxSamples, Math.max(options.minSamples, affordable));
    } catch (error) {
      run.outcome = { error };
    }
    return run;
  }

  /** One sample by tinybench, which keeps the clock: one iteration of `repeats` steps. */
  async sample(): Promise<void> {
    if ('error' in this.outcome) return;
    try {
      this.#timed.reset(false); // a task that has run does nothing when it is run again
      const { result } = await this.#timed.run();
      const samples = 'latency' in result ? result.latency.samples : undefined;
      if (samples?.length !== 1) {
        throw new HarnessError(`timing: samples of one iteration, got ${samples?.length ?? result.state}, wanted 1`);
      }
      this.outcome.times.push(samples[0] / this.#repeats);
    } catch (error) {
      this.outcome = { error };
    }
  }
}

function checkTiming(options: TimingOptions): void {
  const { minSamples, maxSamples, budgetMs, warmupSteps, minSampleMs } = options;
  const whole = [minSamples, maxSamples, warmupSteps].every((value) => Number.isInteger(value) && value >= 1);
  if (!whole || maxSamples < minSamples || !(budgetMs >= 0) || !(minSampleMs >= 0)) {
    throw new HarnessError(
      `timing: options, got ${JSON.stringify(options)}, wanted 1 <= minSamples <= maxSamples, warmupSteps >= 1, budgetMs and minSampleMs >= 0`,
    );
  }
}
