import { encodeRow, type Row } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { csvReports, markdownReport, terminalReport } from '../output/tables.js';
import type { Check } from './checks.js';
import type { Store } from './store.js';

/** Prints the report, says what did not hold and where the files are; the exit code that follows. */
export function toldReport(
  rows: readonly Row[],
  checks: readonly Check[],
  { json, out }: { readonly json: boolean; readonly out: string },
): ExitCode {
  print(json ? rows.map(encodeRow).join('') : terminalReport(rows, checks));
  const failed = checks.filter((check) => !check.passed);
  for (const check of failed) say(`failed: ${check.name}; found ${check.found}`);
  say(`written to ${out}: rows.jsonl, summary.csv, summary.md`);
  return failed.length === 0 ? ExitCode.done : ExitCode.failed;
}

/** Writes every file that is made from the rows; each appears whole. */
export async function writeReport(store: Store, rows: readonly Row[], checks: readonly Check[]): Promise<void> {
  if (rows.length === 0) return;
  const files: Record<string, string> = {
    'rows.jsonl': rows.map(encodeRow).join(''),
    'summary.md': markdownReport(rows, checks),
    ...csvReports(rows),
    'checks.json': `${JSON.stringify(checks, null, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFileAtomic(store.path(name), text);
}
