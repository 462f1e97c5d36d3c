/**
 * The entry of a process that runs one side of a gate: this file and the harness are the head's, the packages that it measures are those
 * of the folder that it is told.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as benchKernels from '@jembench/bench-kernels';
import type * as coreModule from '@jembench/core';
import type * as datasetsNode from '@jembench/datasets/node';
import type * as trainersModule from '@jembench/trainers';
import { agreement, clockTick, shapeText, type BenchmarkImplementation, type Shape } from '@jembench/harness';
import { errorLine } from '../error-line.js';
import type { Answer, Ask, Counts, TrainedSeed } from './protocol.js';

type Core = typeof coreModule;

interface Kernel {
  readonly shape: Shape;
  readonly implementation: BenchmarkImplementation<unknown>;
  inputs(): unknown;
  check(open: { outputs(): Promise<Readonly<Record<string, ArrayLike<number>>>> }, inputs: unknown): Promise<void>;
}

/** Steps that can be timed, and what ends them. */
interface Open {
  step(): Promise<void>;
  close(): Promise<void>;
}

const images = { train: 512, test: 256 } as const;
const training = { method: 'vicreg', epochs: 3, batch: 64 } as const;
const trainingBenchmark = 'training step vicreg';

class LoadedSide {
  readonly #kernels = new Map<string, Kernel>();
  #open: Open | null = null;

  private constructor(
    private readonly root: string,
    private readonly core: Core,
  ) {}

  static async load(root: string, sizes: 'smoke' | 'quick'): Promise<LoadedSide> {
    const core = await load<Core>(root, 'packages/core/dist/index.js');
    const backend = await core.useBackend('wasm');
    const side = new LoadedSide(root, core);
    const { kernelBenchmarks } = await load<typeof benchKernels>(root, 'benchmarks/kernels/dist/index.js');
    for (const declaration of kernelBenchmarks(backend)) {
      for (const shape of declaration.shapes[sizes]) {
        for (const implementation of declaration.implementations) {
          if (implementation.unavailable(shape) !== null) continue;
          side.#kernels.set(`${declaration.kernel} ${declaration.pass} ${shapeText(shape)} ${implementation.name}`, {
            shape,
            implementation,
            inputs: () => declaration.inputs(shape),
            async check(open, inputs) {
              const { failure } = agreement(
                await open.outputs(),
                declaration.reference(inputs),
                declaration.tolerance(shape),
              );
              if (failure !== null) throw new Error(failure);
            },
          });
        }
      }
    }
    return side;
  }

  get benchmarks(): string[] {
    return [...this.#kernels.keys(), trainingBenchmark];
  }

  async open(benchmark: string): Promise<Counts> {
    const kernel = this.#kernels.get(benchmark);
    this.#open = kernel === undefined ? await this.#trainingSteps() : await openKernel(kernel);
    await this.#open.step();
    return this.#counts(this.#open);
  }

  /** Kernel launches and memory of one step, as tfjs counts them, and what it leaves behind. */
  async #counts(open: Open): Promise<Counts> {
    const { tf } = this.core;
    const before = tf.memory();
    // tf.profile takes an asynchronous function and returns a promise, which its types do not say.
    const { kernels, peakBytes } = await tf.profile(async () => {
      await open.step();
    });
    const after = tf.memory();
    return {
      'kernel launches': kernels.length,
      'peak bytes': peakBytes,
      'leaked tensors': after.numTensors - before.numTensors,
      'leaked bytes': after.numBytes - before.numBytes,
    };
  }

  async block(ms: number, slower: number): Promise<number> {
    if (this.#open === null) throw new Error('no benchmark is open');
    const started = performance.now();
    let steps = 0;
    let now = started;
    while (now - started < ms) {
      await this.#open.step();
      steps++;
      const worked = performance.now();
      const until = worked + slower * (worked - now);
      now = performance.now();
      while (now < until) now = performance.now();
    }
    return (now - started) / steps;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = null;
  }

  async #run(seed: number, epochs: number, options: Readonly<Record<string, number>>) {
    const trainers = await load<typeof trainersModule>(this.root, 'packages/trainers/dist/index.js');
    const { loadDataset } = await load<typeof datasetsNode>(this.root, 'packages/datasets/dist/node/index.js');
    const dataset = await loadDataset('shapes', { seed: 1, ...images });
    return { trainers, dataset, steps: trainers.train({ ...training, epochs, seed, options }, dataset) };
  }

  /** The training loop itself, step by step. */
  async #trainingSteps(): Promise<Open> {
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

  async train(seed: number, options: Readonly<Record<string, number>>, less: readonly number[]): Promise<TrainedSeed> {
    const { trainers, dataset, steps } = await this.#run(seed, training.epochs, options);
    for (;;) {
      const { done, value } = await steps.next();
      if (!done) continue;
      try {
        const { knn, verdict } = await trainers.evaluate(value, dataset, { linear: false, projector: false });
        const random = this.core.rootStream(seed).fork('less');
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
 * The accuracy of a probe that has unlearned some of its right answers: each of them with the chance that makes it worse by so many
 * percentage points on average, so that the loss scatters as that of a real probe does.
 */
function withLess(knn: number, points: number, random: coreModule.Stream): number {
  const right = Math.round((knn / 100) * images.test);
  const kept = Array.from({ length: right }).filter(() => !random.chance(points / knn)).length;
  return (100 * kept) / images.test;
}

async function openKernel(kernel: Kernel): Promise<Open> {
  const inputs = kernel.inputs();
  const open = kernel.implementation.open(inputs);
  await kernel.check(open, inputs);
  return {
    step: () => open.step(),
    close: () => {
      open.close();
      return Promise.resolve();
    },
  };
}

const load = async <T>(root: string, file: string): Promise<T> =>
  (await import(pathToFileURL(join(root, file)).href)) as T;

let side: LoadedSide | null = null;

async function answer(ask: Ask): Promise<Answer> {
  if (ask.type === 'load') {
    side = await LoadedSide.load(ask.root, ask.sizes);
    return { type: 'loaded', benchmarks: side.benchmarks, tickMs: clockTick(() => performance.now()) };
  }
  if (side === null) throw new Error('no code is loaded');
  switch (ask.type) {
    case 'open':
      return { type: 'opened', counts: await side.open(ask.benchmark) };
    case 'block':
      return { type: 'timed', msPerStep: await side.block(ask.ms, ask.slower) };
    case 'close':
      await side.close();
      return { type: 'closed' };
    case 'train':
      return { type: 'trained', result: await side.train(ask.seed, ask.options, ask.less) };
  }
}

process.on('disconnect', () => process.exit(1));
process.on('message', (ask: Ask) => {
  answer(ask)
    .catch((error: unknown): Answer => ({ type: 'failed', reason: errorLine(error) }))
    .then((message) => process.send?.(message, undefined, undefined, (error) => error && process.exit(1)))
    .catch(() => process.exit(1));
});
