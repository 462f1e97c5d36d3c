import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { viewKernels } from '@jembench/augmentations';
import {
  augmentationBenchmarks,
  augmentationRow,
  augmentationTable,
  type AugmentationRow,
} from '@jembench/bench-augmentations';
import { InputError } from '@jembench/core';
import {
  benchmarkProfiles,
  encodeRow,
  renderMarkdown,
  renderTerminal,
  runBenchmarks,
  type RowContext,
} from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { nodeEnvironment } from '../hosts/node/environment.js';
import { rowContext } from '../jobs/environment.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { openPeers } from '../peers/peers.js';
import { watchInterrupts } from '../suite/interrupt.js';
import { makeFolder } from '../suite/make-folder.js';
import { chosenPeers, type PeerOptions } from './peer-options.js';

interface Options extends PeerOptions {
  readonly json: boolean;
  readonly profile: string;
  readonly out?: string;
}

/** Milliseconds that this process has had of a core: what else the machine does is no part of it. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Times the views in this process, in processor time: they need neither a backend nor a page. */
export async function benchAugmentations(options: Options, args: readonly string[]): Promise<ExitCode> {
  const { json, out } = options;
  const profile = knownName('--profile', 'profile', options.profile, benchmarkProfiles);
  if (options.peerDevice !== 'cpu')
    throw new InputError(
      '--peer-device: got one with "bench augmentations", wanted none: views are timed on the processor',
    );
  const request = chosenPeers(options, 'augmentations', 'processor');
  if (out !== undefined) makeFolder(out);
  const host = {
    context: augmentationContext(args),
    ceilings: null,
    now: processorTime,
    memory: () => ({ tensors: 0, bytes: 0 }),
  };
  const interrupt = watchInterrupts();
  const open = request === null ? null : await openPeers(request, nodeEnvironment());
  interrupt.signal.addEventListener('abort', () => open?.stop());
  const rows: AugmentationRow[] = [];
  try {
    for await (const timing of runBenchmarks(augmentationBenchmarks(open?.peers), host, { profile })) {
      await nextTurn();
      if (interrupt.signal.aborted) break;
      const row = augmentationRow(timing);
      rows.push(row);
      say(`${row.augmentation} ${row.implementation}: ${row.reason ?? `${row.imagesPerSecond?.toFixed(0)} images/s`}`);
    }
  } finally {
    await open?.close();
    interrupt.release();
  }

  const lines = rows.map(encodeRow).join('');
  print(json ? lines : renderTerminal(augmentationTable(rows)));
  if (out !== undefined) {
    await writeFileAtomic(join(out, 'augmentations.jsonl'), lines);
    await writeFileAtomic(join(out, 'augmentations.md'), renderMarkdown(augmentationTable(rows)));
  }
  if (interrupt.signal.aborted) throw new Interrupted(`stopped with ${rows.length} rows`);
  return rows.some((row) => row.status === 'failed') ? ExitCode.failed : ExitCode.done;
}

function augmentationContext(args: readonly string[]): RowContext {
  const build = viewKernels().problem === null ? 'fused-simd' : 'typescript';
  const backend = { name: 'none', tfjs: 'none', build, threads: 1, flags: {}, software: true };
  const job = { command: commandLine(args), commit: currentCommit() };
  return rowContext({ backend, environment: nodeEnvironment() }, job);
}
