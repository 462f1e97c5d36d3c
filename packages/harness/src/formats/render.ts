import CliTable from 'cli-table3';
import { markdownTable } from 'markdown-table';
import type { TextTable } from './table.js';

/** GitHub-flavoured Markdown with a heading of the given level. */
export function renderMarkdown(table: TextTable, level = 2): string {
  const escaped = (cell: string): string => cell.replace(/\|/g, '\\|').replace(/\r?\n/g, ' ');
  const body = markdownTable(
    [table.columns.map((column) => column.header), ...table.rows.map((row) => row.map(escaped))],
    { align: table.columns.map((column) => column.align) },
  );
  return `${'#'.repeat(level)} ${table.title}\n\n${body}\n`;
}

const border = Object.fromEntries(
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid right right-mid mid mid-mid'
    .split(' ')
    .map((name) => [name, '']),
);

/** A borderless table for a terminal, without colours, lines trimmed at their end. */
export function renderTerminal(table: TextTable): string {
  const text = new CliTable({
    head: table.columns.map((column) => column.header),
    colAligns: table.columns.map((column) => column.align),
    chars: { ...border, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  text.push(...table.rows.map((row) => row.map((cell) => cell.replace(/\r?\n/g, ' '))));
  const lines = text
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return `${table.title}\n\n${lines.join('\n')}\n`;
}
