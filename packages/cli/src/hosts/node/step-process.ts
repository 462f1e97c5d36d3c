/**
 * The entry of a process that computes training steps, or kernels forward and backward, on request: lines of JSON in and out, as
 * tools/peers/peer.py speaks them, so that our own are asked, timed and ended in the way of other libraries. It ends with its input.
 *
 *     open {backend, wasmBuild?, kernel, shape} -> {software, adapter}
 *     outputs {}                                -> {outputs: {name: tensor}}
 *     time {repeats}                            -> {ms}
 *     close {}                                  -> {}
 */
import { createInterface } from 'node:readline';
import { kernelBenchmarks } from '@jembench/bench-kernels';
import { trainingBenchmarks } from '@jembench/bench-training';
import { useBackend, type Backend, type BackendName, type LoadOptions } from '@jembench/core';
import type { OpenBenchmark, Shape } from '@jembench/harness';
import { encoded } from '../../peers/tensors.js';
import { provideNodeBackends } from './tensorflow.js';

interface Request {
  readonly id: number;
  readonly op: string;
  readonly backend: BackendName;
  readonly wasmBuild?: LoadOptions['trainingKernels'] | null;
  readonly kernel: string;
  readonly shape: Shape;
  readonly repeats: number;
}

provideNodeBackends();
let held: OpenBenchmark | null = null;

async function loaded({ backend, wasmBuild }: Request): Promise<Backend> {
  return useBackend(backend, wasmBuild == null ? {} : { trainingKernels: wasmBuild });
}

/** The best implementation that the backend has: the last of the list that runs. */
function opened(backend: Backend, { kernel, shape }: Request): OpenBenchmark {
  const declaration = [...kernelBenchmarks(backend), ...trainingBenchmarks(backend)].find(
    (each) => each.kernel === kernel && each.pass === 'forward-backward',
  );
  const implementation = declaration?.implementations.filter(({ unavailable }) => unavailable(shape) === null).at(-1);
  if (declaration === undefined || implementation === undefined)
    throw new Error(`kernel, got ${kernel}, wanted a training step, or a kernel with a gradient`);
  return implementation.open(declaration.inputs(shape));
}

async function answered(request: Request): Promise<object> {
  if (request.op === 'open') {
    held?.close();
    held = null;
    const backend = await loaded(request);
    held = opened(backend, request);
    const { software, adapter } = backend.description;
    return { software, adapter };
  }
  if (held === null) throw new Error(`${request.op}, got no open step, wanted "open" before it`);
  switch (request.op) {
    case 'outputs': {
      const tensors = Object.entries(await held.outputs()).map(([name, values]) => {
        const data = Float32Array.from(values);
        return [name, encoded({ shape: [data.length], data })];
      });
      return { outputs: Object.fromEntries(tensors) as object };
    }
    case 'time': {
      const from = performance.now();
      for (let i = 0; i < request.repeats; i++) await held.step();
      return { ms: performance.now() - from };
    }
    case 'close':
      held.close();
      held = null;
      return {};
    default:
      throw new Error(`op, got ${request.op}, wanted open, outputs, time or close`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  const answer = await answered(request).then(
    (ok) => ({ ok }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
}
// A backend may keep handles open.
process.exit(0);
