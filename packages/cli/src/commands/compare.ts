import type { Command } from 'commander';
import { compareRows, comparisonTable, driftBetweenRuns, renderTerminal, type ComparedRows } from '@jembench/harness';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { listOf } from '../parse/numbers.js';
import { readRows } from '../rows/read.js';
import { subcommand, type Finish } from './command.js';

export function compareCommand(finish: Finish): Command {
  return subcommand('compare', 'set two results side by side, paired by seed and by shape', [
    { line: 'compare before after', about: 'the --out folders of two suites on the same machine' },
    { line: 'compare before after --across build,runtime', about: 'another build of the backend, another Node' },
  ])
    .argument('<a>', 'a file of rows, or the --out folder of a suite or of bench')
    .argument('<b>', 'the same, to be judged against A')
    .option('--across <fields>', 'fields of the fingerprint that may differ, such as build,flags.WASM_HAS_SIMD_SUPPORT')
    .addHelpText(
      'after',
      [
        '',
        `Times and speeds of two runs drift apart on the same machine: their intervals are ${(100 * Math.expm1(driftBetweenRuns)).toFixed(0)} % wider`,
        'than the samples say. jembench gate interleaves both sides and resolves less.',
        '',
        'Exit codes: 0 nothing is worse, 1 something is worse, 2 usage or broken input, 3 nothing could be concluded, 70 a bug of jembench.',
      ].join('\n'),
    )
    .action((a: string, b: string, options: { json: boolean; across?: string }) => {
      const across = options.across === undefined ? [] : listOf('--across', options.across);
      const compared = compareRows(readRows(a), readRows(b), across);
      print(options.json ? compared.lines.map((line) => JSON.stringify(line)).join('\n') : terminal(compared));
      tellUnpaired(compared);
      finish(exitCodeOf(compared));
    });
}

const terminal = (compared: ComparedRows): string => renderTerminal(comparisonTable(compared.lines));

function tellUnpaired({ onlyA, onlyB }: ComparedRows): void {
  for (const name of onlyA) say(`only in A: ${name}`);
  for (const name of onlyB) say(`only in B: ${name}`);
}

function exitCodeOf({ lines }: ComparedRows): ExitCode {
  if (lines.some(({ verdict }) => verdict === 'worse')) return ExitCode.failed;
  return lines.every(({ verdict }) => verdict === 'inconclusive') ? ExitCode.inconclusive : ExitCode.done;
}
