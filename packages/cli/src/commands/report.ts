import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { encodeRow } from '@jembench/harness';
import { ExitCode } from '../exit.js';
import { csvReports, markdownReport, terminalReport } from '../output/tables.js';
import { print } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { readRows } from '../rows/read.js';
import { isCheck, type Check } from '../suite/checks.js';
import { subcommand, type Finish } from './command.js';

const formats = ['terminal', 'markdown', 'csv'] as const;

export function reportCommand(finish: Finish): Command {
  return subcommand('report', 'make the tables of a suite or of bench again from their rows', [
    { line: 'report jembench-out', about: 'the tables of a suite, as it printed them' },
    { line: 'report timings', about: 'the tables of "bench training --out timings"' },
    { line: 'report jembench-out --format markdown > results.md', about: 'for a document' },
  ])
    .argument('<dir>', 'the --out folder of a suite or of bench, or a file of rows')
    .option('--format <name>', `one of ${formats.join(', ')}`, 'terminal')
    .action((path: string, options: { json: boolean; format: string }) => {
      const format = knownName('--format', 'format', options.format, formats);
      const rows = readRows(path);
      const checks = readChecks(path);
      if (options.json) print(rows.map(encodeRow).join(''));
      else if (format === 'terminal') print(terminalReport(rows, checks));
      else if (format === 'markdown') print(markdownReport(rows, checks));
      else print(Object.values(csvReports(rows)).join('\n'));
      finish(ExitCode.done);
    });
}

/** What the suite said of its rows, where its folder still has it. */
function readChecks(path: string): Check[] {
  const file = join(path, 'checks.json');
  if (!statSync(path).isDirectory() || !existsSync(file)) return [];
  try {
    const checks = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    if (Array.isArray(checks) && checks.every(isCheck)) return checks;
  } catch {
    // Told below, like content of another kind.
  }
  throw new InputError(
    `${file}: checks, got a damaged file, wanted the one that the suite wrote; delete it, or run the suite again`,
  );
}
