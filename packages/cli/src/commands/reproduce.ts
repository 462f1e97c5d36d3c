import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { renderTerminal } from '@jembench/harness';
import { currentCommit } from '../environment/commit.js';
import { openDataset } from '../environment/dataset.js';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { nodeHost } from '../hosts/node/host.js';
import { onlyHost } from '../hosts/open.js';
import { progressView } from '../output/progress.js';
import { print, say } from '../output/stdout.js';
import { judged, overall } from '../reproduce/judge.js';
import { pickedRow, specOf } from '../reproduce/pick.js';
import { inFolder } from '../suite/in-folder.js';
import { trainAll } from '../suite/train-all.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly run?: string;
  readonly dataDir?: string;
}

export function reproduceCommand(finish: Finish): Command {
  return subcommand('reproduce', 'run a published training row again and compare every hash and metric', [
    { line: 'reproduce trained/row.json', about: 'the row that train --save wrote' },
    { line: 'reproduce results/rows.jsonl --run 3f9a12', about: 'one of many, by the start of its runId' },
  ])
    .argument('<rows>', 'a file of rows, or the --out folder of a suite')
    .option('--run <id>', 'the start of the runId, where there are several training rows')
    .option('--data-dir <dir>', 'the original files of the data set, as for suite')
    .addHelpText(
      'after',
      '\nExit codes: 0 equal or within tolerance, 1 different, 2 usage or a row that cannot be run again.',
    )
    .action(async (path: string, options: Options) => {
      finish(await reproduce(path, options));
    });
}

async function reproduce(path: string, options: Options): Promise<ExitCode> {
  const published = pickedRow(path, options.run);
  const spec = specOf(published, options.dataDir ?? null);
  const folder = mkdtempSync(join(tmpdir(), 'jembench-reproduce-'));
  const view = progressView();
  try {
    const again = await inFolder(folder, async (store, stop) => {
      const hosts = await onlyHost(nodeHost, spec.backend);
      const dataset = await openDataset(spec.dataset, view, stop);
      if (dataset.checksum !== published.datasetChecksum) {
        throw new InputError(
          `reproduce: data set ${spec.dataset.name}, got other images than the row's, wanted the same; their checksums differ`,
        );
      }
      const context = { command: published.command, commit: currentCommit() };
      const setting = { jobs: 1, checkpointSeconds: 86_400, save: null, context };
      const [row] = await trainAll([spec], dataset, hosts, setting, store, view, stop);
      if (row === undefined) throw new Interrupted('stopped before the run was made again');
      return row;
    });
    view.close();
    if (again.kind !== 'training' || again.status !== 'ok') {
      say(`different: the run made again is ${again.status}: ${again.reason ?? ''}`);
      return ExitCode.failed;
    }
    const lines = judged(published, again);
    const verdict = overall(lines);
    if (options.json) print(JSON.stringify({ verdict, published: published.commit, again: again.commit, lines }));
    else {
      print(
        renderTerminal({
          title: `${published.method} seed ${published.seed}, commit ${published.commit.slice(0, 12)}, again at ${again.commit.slice(0, 12)}: ${verdict}`,
          columns: ['what', 'published', 'again', 'verdict'].map((header) => ({ header, align: 'left' })),
          rows: lines.map((line) => [
            line.what,
            String(line.published ?? '-').slice(0, 20),
            String(line.again ?? '-').slice(0, 20),
            line.verdict,
          ]),
        }),
      );
    }
    return verdict === 'different' ? ExitCode.failed : ExitCode.done;
  } finally {
    view.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
