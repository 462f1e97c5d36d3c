import type { Elsewhere, OpenBenchmark, Outputs, Peer, PeerCase } from '@jembench/harness';
import type { Environment } from '../jobs/environment.js';
import { PeerProcess, together, type Answer, type Together } from './process.js';
import { peerScript, type PeerDevice, type PeerFinding } from './python.js';
import { decoded, encoded } from './tensors.js';

/** Which libraries to time beside ours. Plain data: it travels with a job. */
export interface PeerRequest {
  readonly findings: readonly PeerFinding[];
  readonly threads: number;
  /** For how long a peer may compute one answer. */
  readonly limitSeconds: number;
  /** What a peer's time is: that of the clock on the wall, or of its processors. */
  readonly clock: 'wall' | 'processor';
}

/** Peers under way. */
export interface OpenPeers extends Together {
  readonly peers: readonly Peer[];
}

/** A large library read from a disk for the first time, on a busy machine, takes minutes. */
const startMs = 300_000;

/** Time of all processors over the time on the wall, above which a peer has had more threads than it was given. */
const busiest = (threads: number): number => threads + 0.3;
/** Below so many milliseconds that ratio means nothing. */
const leastJudged = 100;

/** What rows of a peer say. */
function elsewhere(
  { name, pythonVersion, packages, device, adapter }: PeerFinding,
  threads: number,
  environment: Environment,
): Elsewhere {
  return {
    host: 'peer',
    backend: name,
    build: packages,
    threads,
    fingerprint: {
      ...environment.machine,
      runtime: `python ${pythonVersion}`,
      backend: name,
      build: packages,
      ...{ adapter, driver: null, software: false, isolated: null },
      flags: { threads, ...(device === 'cpu' ? {} : { device }) },
    },
  };
}

/** Peers that are not started: for what is known of their rows. */
export const unopenedPeers = ({ findings, threads }: PeerRequest, environment: Environment): Peer[] =>
  findings.map((finding) => ({
    name: finding.name,
    elsewhere: elsewhere(finding, threads, environment),
    unavailable: () => null,
    open: () => {
      throw new Error(`peer ${finding.name}: not started`);
    },
  }));

/** Starts the peers, each in a process of its own. One that does not start is there all the same: its rows fail and say why. */
export async function openPeers(request: PeerRequest, environment: Environment): Promise<OpenPeers> {
  const { findings, threads, limitSeconds } = request;
  const processes: PeerProcess[] = [];
  const peers: Peer[] = [];
  for (const finding of findings) {
    const { name, python, device } = finding;
    const process = new PeerProcess(name, python, [peerScript, name], {
      ...{ limitMs: 1000 * limitSeconds, limitOption: '--peer-limit', threads },
    });
    processes.push(process);
    const cases = await started(process, { threads, device }, limitSeconds);
    peers.push({
      name,
      elsewhere: elsewhere(finding, threads, environment),
      unavailable: (kernel, pass) =>
        cases === null || cases.includes(`${kernel} ${pass}`) ? null : `${name}: no case "${kernel} ${pass}"`,
      open: (peerCase) => opened(process, peerCase, device, request),
    });
  }
  return { peers, ...together(processes) };
}

/** The cases that it has; null where it did not start, which every request will say. */
async function started(
  process: PeerProcess,
  wanted: { readonly threads: number; readonly device: PeerDevice },
  limitSeconds: number,
): Promise<readonly unknown[] | null> {
  try {
    const answer = await process.ask('start', wanted, Math.max(startMs, 1000 * limitSeconds));
    const { threads, device, cases } = answer;
    if (threads !== wanted.threads) process.kill(`threads, got ${String(threads)}, wanted ${wanted.threads}`);
    else if (device !== wanted.device) process.kill(`device, got ${String(device)}, wanted ${wanted.device}`);
    else if (!Array.isArray(cases)) process.kill('"start", got an answer without cases');
    else return cases as readonly unknown[];
  } catch (error) {
    process.kill(error instanceof Error ? error.message.replace(`peer ${process.name}: `, '') : String(error));
  }
  return null;
}

function opened(
  process: PeerProcess,
  { name, pass, tensors, settings }: PeerCase,
  device: PeerDevice,
  request: PeerRequest,
): OpenBenchmark {
  const { threads, clock } = request;
  const opening = process.ask('open', {
    ...{ name, pass, settings },
    tensors: Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, encoded(tensor)])),
  });
  opening.catch(() => undefined); // told by whoever uses the case
  const used = { ms: 0, processorMs: 0 };

  async function timed(repeats: number): Promise<number> {
    await opening;
    const answer = await process.ask('time', { repeats });
    const ms = figure(process, answer, 'ms');
    const processorMs = figure(process, answer, 'processorMs');
    used.ms += ms;
    used.processorMs += processorMs;
    // With a GPU what its threads do on the processor is to wait and to hand on.
    if (device === 'cpu' && used.ms > leastJudged && used.processorMs > busiest(threads) * used.ms) {
      const cores = (used.processorMs / used.ms).toFixed(1);
      throw refusal(process, `threads, got the work of ${cores}, wanted ${threads}: its time is no measure`);
    }
    return clock === 'wall' ? ms : processorMs;
  }

  return {
    async step() {
      await timed(1);
    },
    timed,
    async outputs(): Promise<Outputs> {
      await opening;
      const { outputs } = await process.ask('outputs');
      if (typeof outputs !== 'object' || outputs === null)
        throw refusal(process, '"outputs", got an answer without any');
      try {
        return Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, decoded(key, value)]));
      } catch (error) {
        throw refusal(process, error instanceof Error ? error.message : String(error));
      }
    },
    close() {
      process.ask('close').catch(() => undefined);
    },
  };
}

const refusal = ({ name }: PeerProcess, text: string): Error => new Error(`peer ${name}: ${text}`);

function figure(process: PeerProcess, answer: Answer, name: string): number {
  const value = answer[name];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw refusal(process, `${name}, got ${JSON.stringify(value) ?? 'none'}, wanted milliseconds`);
}
