import type { Command } from 'commander';
import { merged } from '../shards/merge.js';
import { checksOf } from '../suite/checks.js';
import { inFolder } from '../suite/in-folder.js';
import { toldReport, writeReport } from '../suite/report.js';
import { subcommand, type Finish } from './command.js';

export function mergeCommand(finish: Finish): Command {
  return subcommand('merge', 'put the shards of a suite together, as if it had run in one', [
    {
      line: 'merge shards/1 shards/2 shards/3 --out jembench-out',
      about: 'the --out folders of jembench suite --shard i/3',
    },
  ])
    .argument('<dirs...>', 'the folder of every shard')
    .option('--out <dir>', 'where the rows and tables of the whole go', 'jembench-out')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 a run or a check failed, 2 a shard is missing, doubled or does not fit.',
    )
    .action(async (folders: readonly string[], options: { json: boolean; out: string }) => {
      const { rows, margin } = merged(folders);
      const checks = checksOf(rows, margin);
      await inFolder(options.out, async (store) => {
        for (const row of rows) {
          if (row.status === 'ok' && typeof row.runId === 'string') await store.keepRun(row.runId, row);
        }
        await writeReport(store, rows, checks);
      });
      finish(toldReport(rows, checks, options));
    });
}
