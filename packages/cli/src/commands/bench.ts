import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError, type LoadOptions } from '@jembench/core';
import {
  benchmarkProfiles,
  encodeRow,
  kernelCsv,
  kernelTables,
  renderMarkdown,
  renderTerminal,
  rowsCsv,
  stepTables,
  type KernelRow,
  type TextTable,
} from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { openHost } from '../hosts/open.js';
import type { BenchmarkSetName, TimedRow } from '../jobs/benchmarks.js';
import { epochMs } from '../jobs/epoch.js';
import type { KernelJob } from '../jobs/job.js';
import { hostRatioTables } from '../output/host-ratio.js';
import { progressView } from '../output/progress.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { integerIn } from '../parse/numbers.js';
import { watchInterrupts } from '../suite/interrupt.js';
import { makeFolder } from '../suite/make-folder.js';
import { timeAll } from '../suite/time-all.js';
import { peerNames } from '../peers/python.js';
import { addBackendsOption, backendWords, chosenBackends, hostsByDefault, withBackend } from './backend-option.js';
import { benchAugmentations } from './bench-augmentations.js';
import { chosenPeers, type PeerOptions } from './peer-options.js';
import { subcommand, type Finish } from './command.js';
import { addHostOptions, chosenHosts, type HostOptions } from './host-options.js';

const wasmBuilds = ['relaxed', 'simd'] as const satisfies LoadOptions['trainingKernels'][];

const benchmarks = ['kernels', 'training', 'augmentations'] as const;

interface Options extends HostOptions, PeerOptions {
  readonly json: boolean;
  readonly profile: string;
  readonly backend: string;
  readonly wasmBuild?: string;
  readonly jobs: string;
}

const kernelsOf = (rows: readonly TimedRow[]): KernelRow[] => rows.filter((row) => row.kind === 'kernel');

/** How the rows of a benchmark are shown. */
const shown: Readonly<
  Record<BenchmarkSetName, { tables(rows: readonly TimedRow[]): TextTable[]; csv(rows: readonly TimedRow[]): string }>
> = {
  kernels: {
    tables: (rows) => [...kernelTables(kernelsOf(rows)), ...hostRatioTables(kernelsOf(rows))],
    csv: (rows) => kernelCsv(kernelsOf(rows)),
  },
  training: { tables: (rows) => stepTables(rows.filter((row) => row.kind === 'step')), csv: rowsCsv },
};

export function benchCommand(finish: Finish, args: readonly string[]): Command {
  const command = subcommand(
    'bench',
    'time kernels, training steps or views, each checked against its reference first',
    [
      { line: 'bench kernels', about: 'the full list of sizes on the default backend' },
      { line: 'bench kernels --profile quick --json > rows.jsonl', about: 'a short list, as rows' },
      { line: 'bench kernels --host node,browser --profile quick', about: 'the same in Node and in a browser' },
      { line: 'bench kernels --host browser --backend wasm,webgl,webgpu', about: "a browser's backends" },
      { line: 'bench kernels --peers pytorch,jax', about: 'the same cases in other libraries, in the same rounds' },
      { line: 'bench kernels --profile growth --out growth', about: 'how the time grows with each side, with plots' },
      { line: 'bench training --peers pytorch', about: 'whole training steps of two encoders, and those of PyTorch' },
      { line: 'bench training --jobs 2 --peers pytorch', about: 'two processes of ours against two threads of theirs' },
      { line: 'bench augmentations', about: 'views of images, composed and fused, on one core of Node' },
    ],
  )
    .argument('[benchmark]', `one of ${benchmarks.join(', ')}`, 'kernels')
    .option('--profile <name>', `sizes: one of ${benchmarkProfiles.join(', ')}`, 'full')
    .option(
      '--wasm-build <name>',
      `force a build of the wasm kernels: ${wasmBuilds.join(' or ')}; the fastest by default`,
    )
    .option('--jobs <n>', 'training steps in so many processes at once, peers on as many threads', '1')
    .option(
      '--peers <list>',
      `also time some of ${peerNames.join(', ')} on as many threads, found by JEMBENCH_PYTHON or on PATH`,
    )
    .option('--peer-device <name>', 'cpu, or cuda: peers on an NVIDIA GPU, beside a backend on the same one', 'cpu')
    .option('--peer-limit <seconds>', 'how long a peer may compute before it counts as hanging', '120');
  return addHostOptions(addBackendsOption(command), 'node')
    .option('--out <dir>', 'also write rows, a spreadsheet, tables and, of kernels at three sizes or more, plots there')
    .action(async (benchmark: string, options: Options) => {
      const named = knownName('bench', 'benchmark', benchmark, benchmarks);
      const processes = processesOf(named, options);
      finish(
        named === 'augmentations'
          ? await benchAugmentations(options, args)
          : await bench(named, processes, options, args),
      );
    });
}

/** In how many processes a training step is timed at once. */
function processesOf(benchmark: (typeof benchmarks)[number], { jobs, host = 'node' }: Options): number {
  const processes = integerIn('--jobs', jobs, { min: 1, max: 64 });
  if (processes === 1 || (benchmark === 'training' && host === 'node')) return processes;
  throw new InputError('--jobs: processes, got more than 1, wanted them for "bench training" on --host node only');
}

async function bench(
  benchmark: BenchmarkSetName,
  processes: number,
  options: Options,
  args: readonly string[],
): Promise<ExitCode> {
  const { wasmBuild } = options;
  const words = backendWords(options.backend);
  if (options.peers !== undefined && (words.length > 1 || (options.host ?? 'node') !== 'node')) {
    throw new InputError(
      '--peers: hosts and backends, got more, wanted --host node and one backend, timed in turn with the peers',
    );
  }
  const request = {
    kind: 'kernels',
    benchmark,
    profile: knownName('--profile', 'profile', options.profile, benchmarkProfiles),
    wasmBuild: wasmBuild === undefined ? null : knownName('--wasm-build', 'build', wasmBuild, wasmBuilds),
    processes,
    peers: chosenPeers(options, benchmark, 'wall', processes),
  } as const;
  const hosts = chosenHosts(options, hostsByDefault(words, options, ['node']));
  const loadMs = performance.now();
  const backends = await chosenBackends(words);
  const typed = withBackend(args, options.backend, backends.join(','));
  const context = { command: commandLine(typed), commit: currentCommit() };
  const pairs = hosts.flatMap((host) => backends.map((backend) => ({ host, backend })));

  const interrupt = watchInterrupts();
  const view = progressView();
  const rows: TimedRow[] = [];
  const problems: string[] = [];
  for (const { host, backend } of pairs) {
    const open = await openHost(host, backend);
    // What is not there is told here, before anything starts.
    if (open.problem !== null && pairs.length === 1) throw new InputError(open.problem.reason);
    if (options.out !== undefined) makeFolder(options.out);
    const startedAt = epochMs() - loadMs - open.openMs;
    const job: KernelJob = { ...request, context, host: host.name, backend, startedAt };
    const timings = await timeAll(job, open, view, interrupt.signal);
    rows.push(...timings.rows);
    if (timings.end.how === 'failed' && open.problem?.status !== 'skipped') problems.push(timings.end.reason);
  }
  view.close();
  interrupt.release();

  const tables = shown[benchmark].tables(rows);
  print(options.json ? rows.map(encodeRow).join('') : tables.map(renderTerminal).join('\n'));
  if (options.out !== undefined) {
    const file = (extension: string): string => join(String(options.out), `${benchmark}.${extension}`);
    await writeFileAtomic(file('jsonl'), rows.map(encodeRow).join(''));
    await writeFileAtomic(file('csv'), shown[benchmark].csv(rows));
    await writeFileAtomic(file('md'), tables.map((table) => renderMarkdown(table)).join('\n'));
    // What draws is loaded for who wants it: it takes a fifth of the command's own start.
    const { growthPlots } = await import('../output/growth-plot.js');
    for (const { name, svg } of growthPlots(kernelsOf(rows)))
      await writeFileAtomic(join(options.out, `${name}.svg`), svg);
  }
  if (interrupt.signal.aborted) throw new Interrupted(`stopped with ${rows.length} rows`);
  for (const problem of problems) say(`jembench: ${problem}`);
  return problems.length > 0 || rows.some((row) => row.status === 'failed') ? ExitCode.failed : ExitCode.done;
}
