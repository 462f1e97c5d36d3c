import { encodeRow, type Row } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { csvReports, markdownReport } from '../output/tables.js';
import type { Check } from './checks.js';
import type { Store } from './store.js';

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
