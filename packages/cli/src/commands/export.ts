import type { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { exportFormats, type ExportFormat } from '../rows/export-formats.js';
import { readRows } from '../rows/read.js';
import { subcommand, type Finish } from './command.js';

const names = Object.keys(exportFormats) as ExportFormat[];

export function exportCommand(finish: Finish): Command {
  const about = names.map((name) => `${name}: ${exportFormats[name].about}`).join('; ');
  return subcommand('export', 'rows in a format that other tools read', [
    { line: 'export jembench-out --format junit --out junit.xml', about: 'for a test reporter' },
    { line: 'export jembench-out --format bencher > bmf.json', about: 'for bencher run --adapter json' },
  ])
    .argument('<rows>', 'a file of rows, or the --out folder of a suite or of bench')
    .requiredOption('--format <name>', about)
    .option('--out <file>', 'write there instead of to stdout')
    .action(async (path: string, options: { json: boolean; format: string; out?: string }) => {
      const format = knownName('--format', 'format', options.format, names);
      const text = exportFormats[format].write(readRows(path));
      if (options.out === undefined) print(options.json ? JSON.stringify({ format, text }) : text);
      else {
        await writeFileAtomic(options.out, text);
        if (options.json) print(JSON.stringify({ format, file: options.out }));
        else say(`written to ${options.out}`);
      }
      finish(ExitCode.done);
    });
}
