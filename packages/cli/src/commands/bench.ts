import { join } from 'node:path';
import type { Command } from 'commander';
import { backendNames, useBackend } from '@jembench/core';
import { encodeRow, kernelCsv, kernelTable, renderMarkdown, renderTerminal } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { progressView } from '../output/progress.js';
import { print, say } from '../output/stdout.js';
import { hostsOf } from '../parse/hosts.js';
import { knownName } from '../parse/nearest.js';
import { profiles } from '../suite/profiles.js';
import { watchInterrupts } from '../suite/interrupt.js';
import { makeFolder } from '../suite/make-folder.js';
import { timeAll } from '../suite/time-all.js';
import { subcommand, type Finish } from './command.js';

const benchmarks = ['kernels'] as const;

interface Options {
  readonly json: boolean;
  readonly profile: string;
  readonly backend: string;
  readonly host: string;
  readonly out?: string;
}

export function benchCommand(finish: Finish, args: readonly string[]): Command {
  return subcommand('bench', 'time the kernels, each checked against its float64 reference first', [
    { line: 'bench kernels', about: 'the full list of sizes on the default backend' },
    { line: 'bench kernels --profile quick --json > rows.jsonl', about: 'a short list, as rows' },
  ])
    .argument('[benchmark]', `one of ${benchmarks.join(', ')}`, 'kernels')
    .option('--profile <name>', `sizes: one of ${Object.keys(profiles).join(', ')}`, 'full')
    .option('--backend <name>', `one of ${backendNames.join(', ')}`, 'wasm')
    .option('--host <list>', 'node', 'node')
    .option('--out <dir>', 'also write kernels.jsonl, kernels.csv and kernels.md there')
    .action(async (benchmark: string, options: Options) => {
      knownName('bench', 'benchmark', benchmark, benchmarks);
      finish(await bench(options, args));
    });
}

async function bench(options: Options, args: readonly string[]): Promise<ExitCode> {
  hostsOf(options.host);
  const job = {
    kind: 'kernels',
    profile: knownName('--profile', 'profile', options.profile, Object.keys(profiles) as (keyof typeof profiles)[]),
    backend: knownName('--backend', 'backend', options.backend, backendNames),
    context: { command: commandLine(args), commit: currentCommit() },
  } as const;
  await useBackend(job.backend); // what is not there is told here, before any process starts
  if (options.out !== undefined) makeFolder(options.out);

  const interrupt = watchInterrupts();
  const view = progressView();
  const { rows, end } = await timeAll(job, view, interrupt.signal);
  view.close();
  interrupt.release();
  if (end.how === 'stopped') throw new Interrupted('stopped before all kernels were timed');
  if (end.how === 'failed') {
    say(`jembench: ${end.reason}`);
    return ExitCode.failed;
  }

  print(options.json ? rows.map(encodeRow).join('') : renderTerminal(kernelTable(rows)));
  if (options.out !== undefined) {
    await writeFileAtomic(join(options.out, 'kernels.jsonl'), rows.map(encodeRow).join(''));
    await writeFileAtomic(join(options.out, 'kernels.csv'), kernelCsv(rows));
    await writeFileAtomic(join(options.out, 'kernels.md'), renderMarkdown(kernelTable(rows)));
  }
  return rows.some((row) => row.status === 'failed') ? ExitCode.failed : ExitCode.done;
}
