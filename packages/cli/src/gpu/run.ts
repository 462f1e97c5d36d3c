import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { decodeRows } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { errorLine } from '../error-line.js';
import { ExitCode } from '../exit.js';
import { findPeer } from '../peers/python.js';
import { makeFolder } from '../suite/make-folder.js';
import { judged, machineFolder, nameOf, planned, readme, targets, tryWords, type Target, type Tried } from './plan.js';

export interface GpuRequest {
  readonly profile: string;
  /** Null: `results/<date>-<GPU>/gpu` below the folder of the call. */
  readonly out: string | null;
  /** Whether the machine has a driver of NVIDIA: TensorFlow computes on no other GPU. */
  readonly nvidia: boolean;
}

/** Runs `jembench` with these words; what it says on stderr is passed on. Tests bring their own. */
export type Jembench = (words: readonly string[]) => Promise<Ended>;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Its last line on stderr. */
  readonly complaint: string;
}

/**
 * Sets up what computes on a GPU here, tries it, and runs kernels and training on all that is really one.
 *
 * @returns 0 where everything ran, 1 where a benchmark failed, 2 where there is no GPU.
 */
export async function benchGpu(
  { profile, out, nvidia }: GpuRequest,
  say: (line: string) => void,
  jembench: Jembench = inProcessOfItsOwn,
  findTorch: () => string | null = torchProblem,
): Promise<ExitCode> {
  // Each says its size before it downloads; what cannot be set up is left out with the reason that it gives when it is tried.
  await jembench(['setup', 'webgpu']);
  if (nvidia) await jembench(['setup', 'tensorflow', '--gpu']);
  const tried: Tried[] = [];
  for (const target of targets(process.platform)) {
    const result = await attempt(target, jembench);
    say(`${nameOf(target)}: ${'adapter' in result ? result.adapter : `left out: ${result.reason}`}`);
    tried.push(result);
  }
  const [first] = tried.filter((each) => 'adapter' in each);
  if (first === undefined) {
    say('GPU, got none that a backend here computes on, wanted one; the lines above say why for each');
    return ExitCode.usage;
  }
  const problem = nvidia ? findTorch() : 'no NVIDIA driver';
  if (problem !== null) say(`without PyTorch beside: ${problem}`);
  const folder = out ?? join('results', machineFolder(first.adapter, new Date()), 'gpu');
  makeFolder(folder);
  const runs: { command: string; code: number }[] = [];
  for (const words of planned(tried, { profile, out: folder, torch: problem === null })) {
    const command = commandLine(words);
    say(command);
    const { code } = await jembench(words);
    runs.push({ command, code });
    await writeFileAtomic(join(folder, 'README.md'), readme(tried, runs));
    if (code === ExitCode.interrupted) return code;
  }
  say(`written to ${folder}`);
  return runs.every(({ code }) => code === 0) ? ExitCode.done : ExitCode.failed;
}

async function attempt(target: Target, jembench: Jembench): Promise<Tried> {
  const { stdout, complaint } = await jembench(tryWords(target));
  try {
    const rows = stdout === '' ? [] : decodeRows(stdout, nameOf(target));
    return judged(
      target,
      rows.filter((row) => row.host === target.host),
      complaint,
    );
  } catch (error) {
    return { ...target, reason: errorLine(error) };
  }
}

function torchProblem(): string | null {
  try {
    for (const benchmark of ['kernels', 'training'] as const) findPeer('pytorch', benchmark, 'cuda');
    return null;
  } catch (error) {
    return errorLine(error);
  }
}

const bin = fileURLToPath(new URL('../../bin/jembench.js', import.meta.url));

const inProcessOfItsOwn: Jembench = (words) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (!words.includes('--json')) process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4000);
      process.stderr.write(text);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const complaint = stderr.trim().split('\n').at(-1) ?? '';
      resolve({ code: code ?? ExitCode.failed, stdout, complaint: signal === null ? complaint : `signal ${signal}` });
    });
  });
