import {
  bencherMetrics,
  githubActionBenchmark,
  jobSummary,
  junitXml,
  renderMarkdown,
  rowsCsv,
  type Row,
} from '@jembench/harness';
import { rowTables } from '../output/tables.js';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The tables of the rows, each a section under its title. */
const sections = (rows: readonly Row[]): { title: string; markdown: string }[] =>
  rowTables(rows).map((table) => ({ title: table.title, markdown: renderMarkdown(table) }));

/** What rows can be exported to. Each is text for the reader that its `about` names. */
export const exportFormats = {
  csv: { about: 'every field of every row, for a spreadsheet', write: rowsCsv },
  markdown: {
    about: 'tables for a document',
    write: (rows: readonly Row[]) =>
      sections(rows)
        .map(({ markdown }) => markdown)
        .join('\n'),
  },
  junit: { about: 'JUnit XML for Jenkins, GitLab and test reporters', write: (rows: readonly Row[]) => junitXml(rows) },
  summary: {
    about: 'a GitHub job summary, for $GITHUB_STEP_SUMMARY',
    write: (rows: readonly Row[]) => jobSummary(sections(rows)),
  },
  'benchmark-smaller': {
    about: 'github-action-benchmark, customSmallerIsBetter (times)',
    write: (rows: readonly Row[]) => json(githubActionBenchmark(rows, 'smaller')),
  },
  'benchmark-bigger': {
    about: 'github-action-benchmark, customBiggerIsBetter (accuracies, images per second)',
    write: (rows: readonly Row[]) => json(githubActionBenchmark(rows, 'bigger')),
  },
  bencher: { about: 'Bencher Metric Format', write: (rows: readonly Row[]) => json(bencherMetrics(rows)) },
} as const satisfies Record<string, { about: string; write(rows: readonly Row[]): string }>;

export type ExportFormat = keyof typeof exportFormats;
