import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError, rootStream } from '@jembench/core';
import {
  changeTable,
  detectionTable,
  nightsOf,
  renderTerminal,
  seriesChanges,
  seriesOf,
  type Series,
  type SeriesChange,
} from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { ExitCode } from '../exit.js';
import { appendNight, historyFile, readHistories, type History } from '../history/file.js';
import { detectionSelfTest } from '../history/self-test.js';
import { print, say } from '../output/stdout.js';
import { readRows } from '../rows/read.js';
import { makeFolder } from '../suite/make-folder.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly add?: string;
  readonly time?: string;
  readonly plot?: string;
  readonly selfTest: boolean;
}

export function historyCommand(finish: Finish): Command {
  return subcommand(
    'history',
    'nightly results: append a night, find lasting changes and the commits among which they are',
    [
      { line: 'history results/history --add jembench-out', about: 'append the rows of a suite or of bench --out' },
      { line: 'history results/history --plot plots', about: 'the changes so far, and a picture of every series' },
      { line: 'history --self-test', about: 'how soon and how surely changes of known size are found' },
    ],
  )
    .argument('[dir]', 'the folder of the history, a file a machine', 'history')
    .option('--add <rows>', 'first append these rows: a file of rows, or the --out folder of a suite or of bench')
    .option('--time <iso>', 'when they were measured, by default now; 2026-01-31T02:00:00Z')
    .option('--plot <dir>', 'write an SVG picture of every series there')
    .option('--self-test', 'delays and false alarms on synthetic histories of 1,000 nights', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the latest night shows that something became worse, 2 usage or broken input, 70 a bug of jembench.',
    )
    .action(async (folder: string, options: Options) => {
      finish(options.selfTest ? selfTest(options) : await history(folder, options));
    });
}

function selfTest({ json }: Options): ExitCode {
  const summaries = detectionSelfTest();
  print(json ? JSON.stringify(summaries) : renderTerminal(detectionTable(summaries)));
  return ExitCode.done;
}

async function history(folder: string, options: Options): Promise<ExitCode> {
  if (options.add !== undefined) add(folder, options.add, timeOf(options.time));
  let alert = false;
  for (const one of readHistories(folder)) {
    for (const problem of one.problems) say(problem);
    const changed = one.nights.length === 0 ? [] : await show(one, options);
    alert ||= changed.some(
      ({ series, foundAt, verdict }) => verdict === 'worse' && foundAt === series.points.length - 1,
    );
  }
  if (alert) say('the latest night shows that something became worse');
  return alert ? ExitCode.failed : ExitCode.done;
}

function add(folder: string, path: string, time: string): void {
  for (const night of nightsOf(readRows(path), time)) {
    const done = appendNight(folder, night);
    say(
      `${historyFile(folder, night)}: ${done ? `${night.figures.length} figures appended` : 'this night is there already'}`,
    );
    for (const failed of night.failed) say(`failed: ${failed}`);
  }
}

function timeOf(typed: string | undefined): string {
  const time = typed === undefined ? new Date() : new Date(typed);
  if (typed === undefined || (/^\d{4}-\d\d-\d\dT.*Z$/.test(typed) && !Number.isNaN(time.getTime())))
    return time.toISOString();
  throw new InputError(
    `--time: time, got "${typed}", wanted one in UTC as ISO 8601 writes it, such as 2026-01-31T02:00:00Z`,
  );
}

/** Prints what changed on one machine; returns it. */
async function show({ file, nights }: History, { json, plot }: Options): Promise<SeriesChange[]> {
  const series = seriesOf(nights);
  const changesOf = new Map(
    series.map((one) => [one, seriesChanges(one, rootStream(0).fork('history').fork(one.key))]),
  );
  const changes = [...changesOf.values()].flat();
  if (json) {
    for (const { series: own, ...change } of changes) {
      const { benchmark, measure, unit } = own;
      print(JSON.stringify({ file, benchmark, measure, unit, since: own.points[change.index].time, ...change }));
    }
  } else {
    const { cpu, runtime, backend } = nights[0].fingerprint;
    const nightly = `${nights.length} night${nights.length === 1 ? '' : 's'}, ${series.length} series`;
    const title = `${cpu}, ${runtime}, ${backend}: ${changes.length} changes in ${nightly}`;
    print(changes.length === 0 ? title : renderTerminal(changeTable(changes, title)));
  }
  if (plot !== undefined) {
    makeFolder(plot);
    // Loaded for who wants pictures: what draws takes longer to load than everything else here.
    const { seriesPlot } = await import('../history/plot.js');
    for (const [one, own] of changesOf) await writeFileAtomic(join(plot, pictureName(one)), seriesPlot(one, own));
    say(`${series.length} pictures written to ${plot}`);
  }
  return changes;
}

const pictureName = ({ benchmark, measure, key }: Series): string =>
  `${benchmark} ${measure}`.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100) + `-${key.slice(0, 8)}.svg`;
