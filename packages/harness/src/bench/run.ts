import { medianInterval } from '../statistics/median-interval.js';
import { checkedRow } from '../rows/encode.js';
import type { KernelRow, RowContext } from '../rows/schema.js';
import { throughput, type Ceilings } from './ceilings.js';
import { agreement } from './correctness.js';
import type {
  BenchmarkDeclaration,
  BenchmarkImplementation,
  BenchmarkProfile,
  OpenBenchmark,
  Shape,
  StepUse,
} from './declaration.js';
import { defaultTiming, interleavedTimings, type TimedTask, type TimingOptions } from './timing.js';

/** What lives in a device's memory. */
export interface MemoryCount {
  readonly tensors: number;
  readonly bytes: number;
}

/** What a host brings to a run: its clock, its memory counters, its ceilings and the fields that all its rows share. */
export interface BenchmarkHost {
  readonly context: RowContext;
  readonly ceilings: Ceilings | null;
  now(): number;
  memory(): MemoryCount;
  /** Called when samples of a shape begin: everything before the first call was no timing. */
  onTiming?(): void;
}

export interface RunOptions {
  readonly profile: BenchmarkProfile;
  readonly timing?: Partial<Omit<TimingOptions, 'now'>>;
}

interface Contender {
  readonly implementation: BenchmarkImplementation<unknown>;
  readonly open: OpenBenchmark;
  readonly error: number;
  readonly used: StepUse | undefined;
  leaked: MemoryCount;
}

/** How many shapes the declarations have in a profile: the steps of a progress bar. */
export function shapeCount(declarations: readonly BenchmarkDeclaration[], profile: BenchmarkProfile): number {
  return declarations.reduce((sum, declaration) => sum + declaration.shapes[profile].length, 0);
}

/** The rows that `runBenchmarks` would yield, unmeasured and in its order of shapes, `skipped` until someone says what became of them. */
export function declaredRows(
  declarations: readonly BenchmarkDeclaration[],
  profile: BenchmarkProfile,
  context: RowContext,
): KernelRow[] {
  return declarations.flatMap(({ kernel, pass, shapes, implementations }) =>
    shapes[profile].flatMap((shape) =>
      implementations.map((implementation): KernelRow => ({
        ...context,
        ...implementation.elsewhere,
        status: 'skipped',
        reason: 'not run',
        kind: 'kernel',
        ...{ kernel, pass, implementation: implementation.name, shape: { ...shape } },
        ...unmeasured,
      })),
    ),
  );
}

/**
 * Runs the declarations and yields a row for every shape and implementation.
 *
 * For each shape: every implementation is checked against the float64 reference; those that agree are timed together, interleaved and
 * fenced; those that do not become rows of status `failed`, those that cannot run here rows of status `skipped`, with the reason.
 */
export async function* runBenchmarks(
  declarations: readonly BenchmarkDeclaration[],
  host: BenchmarkHost,
  options: RunOptions,
): AsyncGenerator<KernelRow> {
  for (const declaration of declarations) {
    for (const shape of declaration.shapes[options.profile]) yield* runShape(declaration, shape, host, options);
  }
}

async function* runShape(
  declaration: BenchmarkDeclaration,
  shape: Shape,
  host: BenchmarkHost,
  options: RunOptions,
): AsyncGenerator<KernelRow> {
  const toleranceOf = (implementation: BenchmarkImplementation<unknown>): number =>
    (implementation.tolerance ?? declaration.tolerance)(shape);
  const row = (implementation: BenchmarkImplementation<unknown>, fields: Partial<KernelRow>): KernelRow =>
    checkedRow({
      ...host.context,
      ...implementation.elsewhere,
      status: 'ok',
      kind: 'kernel',
      kernel: declaration.kernel,
      pass: declaration.pass,
      implementation: implementation.name,
      shape: { ...shape },
      ...unmeasured,
      tolerance: toleranceOf(implementation),
      ...fields,
    }) as KernelRow;

  const inputs = declaration.inputs(shape);
  const reference = declaration.reference(inputs);
  const contenders: Contender[] = [];
  try {
    for (const implementation of declaration.implementations) {
      const unavailable = implementation.unavailable(shape);
      if (unavailable !== null) {
        yield row(implementation, { status: 'skipped', reason: unavailable });
        continue;
      }
      try {
        const open = implementation.open(inputs);
        const { error, failure } = await checked(open, reference, toleranceOf(implementation));
        if (failure === null) {
          const used = await open.use?.();
          contenders.push({ implementation, open, error, used, leaked: { tensors: 0, bytes: 0 } });
        } else {
          open.close();
          yield row(implementation, { status: 'failed', reason: failure, error });
        }
      } catch (error) {
        yield row(implementation, { status: 'failed', reason: message(error) });
      }
    }
    const outcomes = await interleavedTimings(
      contenders.map((contender) => timedTask(contender, host)),
      { ...defaultTiming, ...options.timing, now: () => host.now(), onFirstSample: () => host.onTiming?.() },
    );
    const peers = contenders.flatMap(({ implementation: { name, elsewhere } }, i) => {
      const outcome = outcomes[i];
      return elsewhere === undefined || 'error' in outcome ? [] : [{ name, times: outcome.times }];
    });
    for (const [i, { implementation, open, error, leaked, used }] of contenders.entries()) {
      const outcome = outcomes[i];
      if ('error' in outcome) {
        yield row(implementation, { status: 'failed', reason: message(outcome.error), error });
        continue;
      }
      const { estimate: ms, low, high } = medianInterval(outcome.times);
      const cost = implementation.cost(shape);
      const isPeer = implementation.elsewhere !== undefined;
      yield row(implementation, {
        ms,
        low,
        high,
        samples: outcome.times.length,
        // What runs in processes of its own is not in the host's memory, nor under the ceilings of one of its threads.
        ...throughput(cost, ms, open.timed === undefined ? host.ceilings : null),
        bytes: cost.bytes,
        ...used,
        ...(open.timed === undefined && { leakedTensors: leaked.tensors, leakedBytes: leaked.bytes }),
        ...(!isPeer && peers.length > 0 && { ratios: ratiosTo(peers, outcome.times) }),
        error,
      });
    }
  } finally {
    for (const { open } of contenders) open.close();
  }
}

/** How many times as long each peer takes, by the rounds that both were timed in. */
function ratiosTo(
  peers: readonly { readonly name: string; readonly times: readonly number[] }[],
  own: readonly number[],
): NonNullable<KernelRow['ratios']> {
  return Object.fromEntries(
    peers.map(({ name, times }) => {
      const rounds = times.slice(0, own.length).map((time, round) => time / own[round]);
      const { estimate: ratio, low, high } = medianInterval(rounds);
      return [name, { ratio, low, high }];
    }),
  );
}

const unmeasured = { ms: null, low: null, high: null, gflops: null, gbps: null, shareOfCeiling: null, bytes: null };

async function checked(open: OpenBenchmark, reference: Parameters<typeof agreement>[1], tolerance: number) {
  try {
    return agreement(await open.outputs(), reference, tolerance);
  } catch (error) {
    open.close();
    throw error;
  }
}

/** The step, and hooks that add what it leaves behind to the contender's account. */
function timedTask(contender: Contender, host: BenchmarkHost): TimedTask {
  let before: MemoryCount;
  return {
    name: contender.implementation.name,
    step: () => contender.open.step(),
    ...(contender.open.timed && { timed: contender.open.timed.bind(contender.open) }),
    beforeSample: () => {
      before = host.memory();
    },
    afterSample: () => {
      const after = host.memory();
      contender.leaked = {
        tensors: contender.leaked.tensors + after.tensors - before.tensors,
        bytes: contender.leaked.bytes + after.bytes - before.bytes,
      };
    },
  };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)) || 'unknown error';
