import { fileURLToPath } from 'node:url';
import { median, type Shape } from '@jembench/harness';
import { errorLine } from '../error-line.js';
import { PeerProcess, type Answer } from '../peers/process.js';
import { currentInstallation } from '../setup/installation.js';
import { webgpuLibrary } from '../setup/webgpu.js';
import { autoCandidates, type AutoCandidate, type Probed } from './choice.js';

/** The parts of the probe: what methods spend their time in. */
const parts: readonly Part[] = [
  { name: 'covariance penalty', kernel: 'vicreg-covariance', shape: { N: 256, D: 512 } },
  { name: 'convolution step', kernel: 'convnet', shape: { N: 16, H: 32, W: 32, C: 3 } },
];

interface Part {
  readonly name: string;
  readonly kernel: string;
  readonly shape: Shape;
}

/** Half a second of timing for each candidate, over the parts. */
const budgetMs = 500 / parts.length;
const rounds = { least: 5, most: 101 };
/** Before the timing: the first steps compile kernels and make room. */
const compilingRounds = 2;
/** A backend that compiles its kernels on a busy machine, and a step of the slowest. */
const limitMs = 60_000;

/** How the process of a candidate is started, or why there is none. */
export interface Candidate {
  readonly backend: AutoCandidate;
  readonly missing: string | null;
  /** Arguments of Node. */
  readonly args: readonly string[];
}

const entry = fileURLToPath(new URL('../hosts/node/step-process.js', import.meta.url));

/** What can be measured here; what is not set up costs no process. */
export function candidates(): Candidate[] {
  const isSetUp: Readonly<Record<AutoCandidate, boolean>> = {
    wasm: true,
    tensorflow: currentInstallation() !== null,
    webgpu: webgpuLibrary() !== null,
  };
  return autoCandidates.map((backend) => ({
    backend,
    missing: isSetUp[backend] ? null : `not set up ("jembench setup ${backend}")`,
    args: [entry],
  }));
}

/** A candidate under way; one with a reason is out. */
interface Runner {
  readonly backend: AutoCandidate;
  readonly process: PeerProcess | null;
  reason: string | null;
  readonly ms: Record<string, number>;
}

/**
 * Times the candidates in turn, each in a process of its own: native libraries print, and may end their process.
 *
 * Every step is fenced and timed by the clock of its own process; a candidate that fails is left out with its reason.
 */
export async function probed(all: readonly Candidate[]): Promise<Probed[]> {
  const runners = all.map(({ backend, missing, args }): Runner => {
    const process_ = missing === null ? new PeerProcess(backend, process.execPath, args, { limitMs }) : null;
    return { backend, process: process_, reason: missing, ms: {} };
  });
  try {
    for (const part of parts) await timed(part, runners);
  } finally {
    for (const { process } of runners) await process?.close();
  }
  return runners.map(({ backend, reason, ms }) => (reason === null ? { backend, ms } : { backend, reason }));
}

const alive = (runners: readonly Runner[]): Runner[] => runners.filter(({ reason }) => reason === null);

async function timed({ name, kernel, shape }: Part, runners: readonly Runner[]): Promise<void> {
  const answers = alive(runners).map(async (runner) => {
    const answer = await asked(runner, 'open', { backend: runner.backend, kernel, shape });
    return { runner, answer };
  });
  for (const { runner, answer } of await Promise.all(answers)) {
    // Without a GPU nobody takes WebGPU who has anything else.
    if (runner.backend === 'webgpu' && answer?.software === true && alive(runners).length > 1)
      runner.reason ??= `it computes in software (${String(answer.adapter)})`;
  }
  for (let round = 0; round < compilingRounds; round++) for (const runner of alive(runners)) await stepMs(runner);
  const samples = new Map(runners.map((runner) => [runner, [] as number[]]));
  const until = performance.now() + budgetMs * alive(runners).length;
  for (let round = 0; round < rounds.most && (round < rounds.least || performance.now() < until); round++)
    for (const runner of alive(runners)) samples.get(runner)?.push(await stepMs(runner));
  for (const runner of alive(runners)) runner.ms[name] = median(samples.get(runner) ?? []);
}

/** One step; of a candidate that fails in it the figure means nothing. */
async function stepMs(runner: Runner): Promise<number> {
  const ms = (await asked(runner, 'time', { repeats: 1 }))?.ms;
  if (typeof ms === 'number' && ms > 0) return ms;
  runner.reason ??= `a step took ${JSON.stringify(ms)} ms`;
  return NaN;
}

/** Asks one candidate; null where that goes wrong, which leaves it out. */
async function asked(runner: Runner, op: string, fields: object): Promise<Answer | null> {
  try {
    return (await runner.process?.ask(op, fields)) ?? null;
  } catch (error) {
    runner.reason ??= why(error);
    return null;
  }
}

/** In a few words: what to do about it is what `doctor` says. */
const why = (error: unknown): string =>
  errorLine(error)
    .replace(/^peer \w+: (useBackend: \w+ cannot run here: )?/, '')
    .split('; ')[0];
