import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import type { Row } from '@jembench/harness';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import { openDataset } from '../environment/dataset.js';
import { Interrupted } from '../errors.js';
import type { ExitCode } from '../exit.js';
import type { Host } from '../hosts/host.js';
import { openHost, type OpenHost } from '../hosts/open.js';
import type { HostName } from '../jobs/job.js';
import { progressView } from '../output/progress.js';
import { knownName } from '../parse/nearest.js';
import { listOf, seedsOf, shardOf } from '../parse/numbers.js';
import { writeManifest } from '../shards/manifest.js';
import { checksOf } from '../suite/checks.js';
import { inFolder } from '../suite/in-folder.js';
import { methodNames, plannedRuns, shardedRuns } from '../suite/plan.js';
import { toldReport, writeReport } from '../suite/report.js';
import { timeOnHosts } from '../suite/time-on-hosts.js';
import { runIds, trainAll } from '../suite/train-all.js';
import { chosenBackend, hostsByDefault, withBackend } from './backend-option.js';
import { subcommand, type Finish } from './command.js';
import { addHostOptions, chosenHosts, type HostOptions } from './host-options.js';
import { addRunOptions, jobsOf, runRequest, type RunOptions } from './run-options.js';

interface SuiteOptions extends RunOptions, HostOptions {
  readonly methods?: string;
  readonly controls?: boolean;
  readonly kernels: boolean;
  readonly seeds?: string;
  readonly jobs?: string;
  readonly shard?: string;
  readonly out: string;
}

export function suiteCommand(finish: Finish, args: readonly string[]): Command {
  const command = subcommand(
    'suite',
    'train every method, probe it, check it for collapse, time the kernels, write tables',
    [
      {
        line: 'suite',
        about: 'the quick profile on the embedded data set; the same command goes on where it was stopped',
      },
      { line: 'suite --methods vicreg,simclr --seeds 1,2,3 --out results', about: 'two methods, three seeds' },
      {
        line: 'suite --dataset cifar10 --data-dir ../cifar-10-batches-bin --epochs 10',
        about: 'from the original files',
      },
      {
        line: 'suite --methods vicreg --set variance=10 --controls',
        about: 'another weight, and the runs that must collapse',
      },
    ],
  );
  return addHostOptions(addRunOptions(command, 'quick'), 'both, where there is a browser')
    .option('--methods <list>', `some of ${methodNames.join(', ')}; all by default`)
    .option('--controls', 'also the three broken variants that must collapse; part of the full profile')
    .option('--no-controls', 'without them')
    .option('--no-kernels', 'without the kernel timings')
    .option('--seeds <list>', 'seeds, separated by commas')
    .option('--jobs <n>', 'runs at a time, each a process with one thread; as many as cores by default')
    .option('--shard <i/n>', 'the i-th of n parts of the runs; the kernels belong to the first')
    .option('--out <dir>', 'where results go and where a suite that was stopped goes on', 'jembench-out')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 a run or a check failed, 2 usage or broken input, 130 stopped (start it again to go on).',
    )
    .action(async (options: SuiteOptions) => {
      finish(await suite(options, args));
    });
}

async function suite(options: SuiteOptions, args: readonly string[]): Promise<ExitCode> {
  const { profile, checkpointSeconds, ...request } = runRequest(options);
  const shard = options.shard === undefined ? { index: 1, count: 1 } : shardOf('--shard', options.shard);
  const chosen = options.methods === undefined ? methodNames : listOf('--methods', options.methods);
  const hosts = chosenHosts(options, hostsByDefault([request.backend], options, ['node', 'browser']));
  const loadMs = performance.now();
  const wanted = {
    ...request,
    hosts: hosts.map(({ name }) => name),
    methods: chosen.map((name) => knownName('--methods', 'method', name, methodNames)),
    // Beside Node a browser shows that it computes the same; it need not train everything again.
    only: options.methods === undefined && hosts.length > 1 ? { browser: profile.browserMethods } : {},
    controls: options.controls ?? profile.controls,
    seeds: options.seeds === undefined ? profile.seeds : seedsOf('--seeds', options.seeds),
  };
  const backend = await chosenBackend(request.backend);
  const runs = plannedRuns({ ...wanted, backend });
  const mine = shardedRuns(runs, shard);
  const jobs = Math.min(jobsOf(options.jobs), Math.max(1, mine.length));
  const context = { command: commandLine(withBackend(args, options.backend, backend)), commit: currentCommit() };

  return inFolder(options.out, async (store, stop) => {
    const view = progressView();
    try {
      const open = new Map<HostName, OpenHost>();
      const openAll = async (some: readonly Host[]): Promise<void> => {
        for (const host of some) open.set(host.name, await openHost(host, backend));
      };
      // What takes seconds comes after what can be wrong: no browser starts for a data set that is not there.
      await openAll(hosts.filter(({ name }) => name === 'node'));
      const useless = open.get('node')?.problem?.reason;
      if (useless !== undefined) throw new InputError(useless);
      const dataset = await openDataset(request.dataset, view, stop);
      await openAll(hosts.filter(({ name }) => name !== 'node'));
      const setting = { jobs, checkpointSeconds, save: null, context };
      const training = await trainAll(mine, dataset, open, setting, store, view, stop);
      const withKernels = options.kernels && shard.index === 1;
      const kernels = withKernels
        ? await timeOnHosts(open, { profile: profile.kernels, backend, context, loadMs }, store, view, stop)
        : { rows: [], problems: [] };
      view.close();
      const rows: Row[] = [...training, ...kernels.rows];
      const whole = options.shard === undefined;
      // A control is judged by runs that may be in another shard: merge does it.
      const checkable = whole ? rows : rows.filter((row) => row.kind !== 'training' || row.control === undefined);
      const checks = [...checksOf(checkable, profile.margin), ...kernels.problems];
      await writeReport(store, rows, checks);
      if (!whole && !stop.aborted) {
        const plan = runIds(runs, dataset, open);
        const done = training.map((row) => String(row.runId));
        await writeManifest((name) => store.path(name), { shard, plan, runs: done, margin: profile.margin });
      }
      if (stop.aborted)
        throw new Interrupted(
          `stopped with ${training.length} of ${mine.length} runs done; the same command goes on from here`,
        );
      return toldReport(rows, checks, options);
    } finally {
      view.close();
    }
  });
}
