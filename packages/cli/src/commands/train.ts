import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { encodeRow, type Row } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import { openDataset } from '../environment/dataset.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { nodeHost } from '../hosts/node/host.js';
import { onlyHost } from '../hosts/open.js';
import { progressView } from '../output/progress.js';
import { print, say } from '../output/stdout.js';
import { terminalReport } from '../output/tables.js';
import { knownName } from '../parse/nearest.js';
import { integerIn } from '../parse/numbers.js';
import { inFolder } from '../suite/in-folder.js';
import { methodNames, plannedRuns } from '../suite/plan.js';
import { trainAll } from '../suite/train-all.js';
import { chosenBackend, withBackend } from './backend-option.js';
import { subcommand, type Finish } from './command.js';
import { addRunOptions, runRequest, type RunOptions } from './run-options.js';

interface TrainOptions extends RunOptions {
  readonly seed: string;
  readonly save?: string;
  readonly out: string;
}

const rowFile = 'row.json';

export function trainCommand(finish: Finish, args: readonly string[]): Command {
  const command = subcommand('train', 'train one method with one seed, probe it and diagnose it', [
    { line: 'train vicreg --seed 1', about: 'at the sizes of the quick profile' },
    {
      line: 'train vicreg --epochs 20 --set covariance=0 --save trained',
      about: 'another loss; trained/model.json for any tfjs page',
    },
    { line: 'train simsiam --dataset folder:pictures --encoder resnet18', about: 'on pictures of your own' },
  ]).argument('<method>', `one of ${methodNames.join(', ')}`);
  return addRunOptions(command, 'quick')
    .option('--seed <n>', 'root of all randomness', '1')
    .option('--save <dir>', 'write the trained encoder (model.json, weights.bin) and its row.json there')
    .option(
      '--out <dir>',
      'where a run that was stopped goes on; the folder of --save, if there is one',
      'jembench-out',
    )
    .action(async (method: string, options: TrainOptions) => {
      finish(await trainOne(method, options, args));
    });
}

async function trainOne(method: string, options: TrainOptions, args: readonly string[]): Promise<ExitCode> {
  const { checkpointSeconds, ...request } = runRequest(options);
  const wanted = {
    ...request,
    hosts: ['node'] as const,
    methods: [knownName('train', 'method', method, methodNames)],
    controls: false,
    seeds: [integerIn('--seed', options.seed, { min: 0, max: Number.MAX_SAFE_INTEGER })],
  };
  const backend = await chosenBackend(request.backend);
  const runs = plannedRuns({ ...wanted, backend });
  const save = options.save ?? null;
  const context = { command: commandLine(withBackend(args, options.backend, backend)), commit: currentCommit() };
  return inFolder(save ?? options.out, async (store, stop) => {
    const view = progressView();
    try {
      const hosts = await onlyHost(nodeHost, backend);
      const dataset = await openDataset(request.dataset, view, stop);
      const setting = { jobs: 1, checkpointSeconds, save, context };
      // A result without its model is no result where the model was asked for.
      const usable = (row: Row): boolean => save === null || savedRun(save) === row.runId;
      const [row] = await trainAll(runs, dataset, hosts, setting, store, view, stop, usable);
      view.close();
      if (row === undefined) throw new Interrupted('stopped; the same command goes on from here');
      print(options.json ? encodeRow(row) : terminalReport([row], []));
      if (save !== null && row.status === 'ok') {
        await writeFileAtomic(join(save, rowFile), encodeRow(row));
        say(`written to ${save}: model.json, weights.bin, ${rowFile}`);
      }
      return row.status === 'ok' && row.kind === 'training' && row.verdict !== 'diverged'
        ? ExitCode.done
        : ExitCode.failed;
    } finally {
      view.close();
    }
  });
}

/** The run that the model in a folder came from, or null. */
function savedRun(folder: string): unknown {
  const path = join(folder, rowFile);
  if (!existsSync(path) || !existsSync(join(folder, 'model.json'))) return null;
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { runId?: unknown }).runId ?? null;
  } catch {
    return null;
  }
}
