import {
  kernelCsv,
  kernelTables,
  renderMarkdown,
  renderTerminal,
  trainingCsv,
  trainingTables,
  type KernelRow,
  type Row,
  type TextTable,
  type TrainingRow,
} from '@jembench/harness';
import type { Check } from '../suite/checks.js';
import { hostRatioTables } from './host-ratio.js';

const isTraining = (row: Row): row is TrainingRow => row.kind === 'training';
const isKernel = (row: Row): row is KernelRow => row.kind === 'kernel';

function checkTable(checks: readonly Check[]): TextTable {
  return {
    title: `Checks: ${checks.filter((check) => check.passed).length} of ${checks.length} passed`,
    columns: [
      { header: 'check', align: 'left' },
      { header: 'passed', align: 'left' },
      { header: 'found', align: 'left' },
    ],
    rows: checks.map(({ name, passed, found }) => [name, passed ? 'yes' : 'NO', found]),
  };
}

function tables(rows: readonly Row[], checks: readonly Check[]): TextTable[] {
  const training = rows.filter(isTraining);
  const kernels = rows.filter(isKernel);
  return [
    ...trainingTables(training),
    ...kernelTables(kernels),
    ...hostRatioTables(kernels),
    ...(checks.length > 0 ? [checkTable(checks)] : []),
  ];
}

/** What a person reads on the terminal. */
export const terminalReport = (rows: readonly Row[], checks: readonly Check[]): string =>
  tables(rows, checks).map(renderTerminal).join('\n');

/** The same as Markdown, with the command and the machine that it came from. */
export function markdownReport(rows: readonly Row[], checks: readonly Check[]): string {
  const [{ command, commit, fingerprint }] = rows;
  const head = [
    '# jembench',
    '',
    '```sh',
    command,
    '```',
    '',
    `Commit ${commit}, ${fingerprint.cpu}, ${fingerprint.cores} cores, ${fingerprint.os}, ${fingerprint.runtime}, ${fingerprint.build}.`,
    '± is half the 95 % t interval over the seeds.',
    '',
  ].join('\n');
  return [head, ...tables(rows, checks).map((table) => renderMarkdown(table))].join('\n');
}

/** The CSV files of a report by name; none for a kind of which there is no row. */
export function csvReports(rows: readonly Row[]): Record<string, string> {
  const training = rows.filter(isTraining);
  const kernels = rows.filter(isKernel);
  return {
    ...(training.length > 0 && { 'summary.csv': trainingCsv(training) }),
    ...(kernels.length > 0 && { 'kernels.csv': kernelCsv(kernels) }),
  };
}
