import type * as benchKernels from '@jembench/bench-kernels';
import type * as coreModule from '@jembench/core';
import type { Dataset, LoadOptions, Stream } from '@jembench/core';
import {
  agreement,
  assertFineClock,
  clockTick,
  shapeText,
  type BenchmarkImplementation,
  type OpenBenchmark,
  type Shape,
} from '@jembench/harness';
import type * as trainersModule from '@jembench/trainers';
import type { Environment } from '../jobs/environment.js';
import type { Answer, Ask, ClockName, Counts, SideDescription, SideSetting, TrainedSeed } from './protocol.js';

/** Milliseconds. */
type Clock = () => number;

/** The modules of one side, and what is around them. */
export interface SideCode {
  readonly core: typeof coreModule;
  readonly kernels: typeof benchKernels;
  /** Null where a side does not train. */
  readonly training: SideTraining | null;
  readonly loadOptions: LoadOptions;
  readonly environment: Environment;
  readonly wall: Clock;
  /** Time that processors spent in this process; null where nothing tells. */
  readonly processor: Clock | null;
}

interface SideTraining {
  readonly trainers: typeof trainersModule;
  readonly dataset: (counts: typeof images) => Promise<Dataset>;
}

interface Kernel {
  readonly shape: Shape;
  readonly implementation: BenchmarkImplementation<unknown>;
  inputs(): unknown;
  check(open: OpenBenchmark, inputs: unknown): Promise<void>;
}

/** Steps that can be timed, and what ends them. */
interface Steps {
  step(): Promise<void>;
  close(): Promise<void>;
}

const images = { train: 512, test: 256 } as const;
const training = { method: 'vicreg', epochs: 3, batch: 64 } as const;
export const trainingBenchmark = 'training step vicreg';

/** The shortest block of any profile that is to decide something: a clock that is too coarse for it is not taken. */
const blockMs = 50;

/** Code that is loaded, by the head's harness: benchmarks by their names, the one that is open, and training. */
export class LoadedSide {
  readonly #kernels = new Map<string, Kernel>();
  #open: Steps | null = null;

  private constructor(
    private readonly code: SideCode,
    private readonly now: Clock,
    clock: ClockName,
    backend: coreModule.Backend,
    sizes: SideSetting['sizes'],
  ) {
    for (const declaration of code.kernels.kernelBenchmarks(backend)) {
      for (const shape of declaration.shapes[sizes]) {
        for (const implementation of declaration.implementations) {
          if (implementation.unavailable(shape) !== null) continue;
          this.#kernels.set(`${declaration.kernel} ${declaration.pass} ${shapeText(shape)} ${implementation.name}`, {
            shape,
            implementation,
            inputs: () => declaration.inputs(shape),
            async check(open, inputs) {
              const tolerance = (implementation.tolerance ?? declaration.tolerance)(shape);
              const { failure } = agreement(await open.outputs(), declaration.reference(inputs), tolerance);
              if (failure !== null) throw new Error(failure);
            },
          });
        }
      }
    }
    this.description = {
      benchmarks: [...this.#kernels.keys(), ...(code.training === null ? [] : [trainingBenchmark])],
      clock,
      tickMs: clockTick(now),
      setup: { backend: backend.description, environment: code.environment },
    };
  }

  readonly description: SideDescription;

  static async load(code: SideCode, { sizes, backend, clock }: SideSetting): Promise<LoadedSide> {
    const loaded = await code.core.useBackend(backend, code.loadOptions);
    const name = clock ?? clockFor(code, loaded.description);
    const now = name === 'wall' ? code.wall : code.processor;
    if (now === null) throw new Error('--clock: got processor, wanted wall: nothing tells it here');
    return new LoadedSide(code, now, name, loaded, sizes);
  }

  async answer(ask: Exclude<Ask, { type: 'load' }>): Promise<Answer> {
    switch (ask.type) {
      case 'check':
        await this.#check(ask.benchmark);
        return { type: 'checked' };
      case 'count':
        return { type: 'counted', counts: (await this.#profiled(ask.benchmark)).counts };
      case 'kernels':
        return { type: 'ran', kernels: (await this.#profiled(ask.benchmark)).names };
      case 'open':
        this.#open = await this.#steps(ask.benchmark);
        await this.#open.step();
        return { type: 'opened' };
      case 'block':
        return { type: 'timed', msPerStep: await this.#block(ask.ms, ask.slower) };
      case 'close':
        await this.#open?.close();
        this.#open = null;
        return { type: 'closed' };
      case 'train':
        return { type: 'trained', result: await this.#train(ask.seed, ask.options, ask.less) };
    }
  }

  async #check(benchmark: string): Promise<void> {
    const kernel = this.#kernels.get(benchmark);
    if (kernel === undefined) return; // a training step has no reference
    const inputs = kernel.inputs();
    const open = kernel.implementation.open(inputs);
    try {
      await kernel.check(open, inputs);
    } finally {
      open.close();
    }
  }

  /** Kernels and memory of one step, as tfjs counts them, and what it leaves behind. */
  async #profiled(benchmark: string): Promise<{ counts: Counts; names: string[] }> {
    const steps = await this.#steps(benchmark);
    try {
      const { tf } = this.code.core;
      await steps.step();
      const before = tf.memory();
      // tf.profile takes an asynchronous function and returns a promise, which its types do not say.
      const { kernels, kernelNames, peakBytes } = await tf.profile(async () => {
        await steps.step();
      });
      const after = tf.memory();
      const counts = {
        'kernel launches': kernels.length,
        'peak bytes': peakBytes,
        'leaked tensors': after.numTensors - before.numTensors,
        'leaked bytes': after.numBytes - before.numBytes,
      };
      return { counts, names: kernelNames };
    } finally {
      await steps.close();
    }
  }

  async #block(ms: number, slower: number): Promise<number> {
    if (this.#open === null) throw new Error('no benchmark is open');
    const started = this.now();
    let steps = 0;
    let now = started;
    // What a coarse clock makes a step idle too long or too short, the next one makes up for.
    let owed = 0;
    while (now - started < ms) {
      await this.#open.step();
      steps++;
      const worked = this.now();
      owed += slower * (worked - now);
      now = worked;
      while (now - worked < owed) now = this.now();
      owed -= now - worked;
    }
    return (now - started) / steps;
  }

  async #steps(benchmark: string): Promise<Steps> {
    const kernel = this.#kernels.get(benchmark);
    if (kernel === undefined) return this.#trainingSteps();
    const open = kernel.implementation.open(kernel.inputs());
    return {
      step: () => open.step(),
      close: () => {
        open.close();
        return Promise.resolve();
      },
    };
  }

  async #run(seed: number, epochs: number, options: Readonly<Record<string, number>>) {
    if (this.code.training === null) throw new Error('training: got none, wanted a side that trains');
    const { trainers, dataset: loaded } = this.code.training;
    const dataset = await loaded(images);
    return { trainers, dataset, steps: trainers.train({ ...training, epochs, seed, options }, dataset) };
  }

  /** The training loop itself, step by step. */
  async #trainingSteps(): Promise<Steps> {
    const { steps } = await this.#run(1, 10_000, {});
    return {
      step: async () => {
        const { done } = await steps.next();
        if (done) throw new Error('training ended');
      },
      close: async () => {
        await steps.return(undefined as never);
      },
    };
  }

  async #train(seed: number, options: Readonly<Record<string, number>>, less: readonly number[]): Promise<TrainedSeed> {
    const { trainers, dataset, steps } = await this.#run(seed, training.epochs, options);
    for (;;) {
      const { done, value } = await steps.next();
      if (!done) continue;
      try {
        const { knn, verdict } = await trainers.evaluate(value, dataset, { linear: false, projector: false });
        const random = this.code.core.rootStream(seed).fork('less');
        return {
          ...{ knn, verdict: verdict ?? 'none', weightsHash: value.weightsHash },
          less: knn === null ? [] : less.map((points) => withLess(knn, points, random.fork(points))),
        };
      } finally {
        value.dispose();
      }
    }
  }
}

/**
 * Processor time where it is the time of the one thread that computes, and fine enough: on a machine with other work it scatters by a
 * third to a tenth of what the wall's clock does. Elsewhere (a GPU, several threads, a page) it says nothing of how long something takes.
 */
function clockFor({ processor }: SideCode, { threads, software }: coreModule.BackendDescription): ClockName {
  if (processor === null || threads !== 1 || !software) return 'wall';
  try {
    assertFineClock(clockTick(processor), blockMs);
    return 'processor';
  } catch {
    return 'wall';
  }
}

/**
 * The accuracy of a probe that has unlearned some of its right answers: each of them with the chance that makes it worse by so many
 * percentage points on average, so that the loss scatters as that of a real probe does.
 */
function withLess(knn: number, points: number, random: Stream): number {
  const right = Math.round((knn / 100) * images.test);
  const kept = Array.from({ length: right }).filter(() => !random.chance(points / knn)).length;
  return (100 * kept) / images.test;
}
