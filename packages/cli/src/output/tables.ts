import { augmentationTable, type AugmentationRow } from '@jembench/bench-augmentations';
import {
  kernelCsv,
  kernelTables,
  renderMarkdown,
  renderTerminal,
  rowsCsv,
  stepTables,
  trainingCsv,
  trainingTables,
  type KernelRow,
  type Row,
  type StepRow,
  type TextTable,
  type TrainingRow,
} from '@jembench/harness';
import type { Check } from '../suite/checks.js';
import { hostRatioTables } from './host-ratio.js';

/** The rows that tables are made of, by their kind. */
interface Kinds {
  readonly training: readonly TrainingRow[];
  readonly kernels: readonly KernelRow[];
  readonly steps: readonly StepRow[];
  readonly augmentations: readonly AugmentationRow[];
}

const kindsOf = (rows: readonly Row[]): Kinds => ({
  training: rows.filter((row) => row.kind === 'training'),
  kernels: rows.filter((row) => row.kind === 'kernel'),
  steps: rows.filter((row) => row.kind === 'step'),
  augmentations: rows.filter((row) => row.kind === 'augmentation'),
});

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

/** What the rows say, a table a subject; none for a kind of which there is no row. */
export function rowTables(rows: readonly Row[]): TextTable[] {
  const { training, kernels, steps, augmentations } = kindsOf(rows);
  return [
    ...trainingTables(training),
    ...kernelTables(kernels),
    ...hostRatioTables(kernels),
    ...stepTables(steps),
    ...(augmentations.length > 0 ? [augmentationTable(augmentations)] : []),
  ];
}

const tables = (rows: readonly Row[], checks: readonly Check[]): TextTable[] => [
  ...rowTables(rows),
  ...(checks.length > 0 ? [checkTable(checks)] : []),
];

/** What a person reads on the terminal. */
export const terminalReport = (rows: readonly Row[], checks: readonly Check[]): string =>
  tables(rows, checks).map(renderTerminal).join('\n');

/** The same as Markdown, with the commands and the machines that the rows came from. */
export function markdownReport(rows: readonly Row[], checks: readonly Check[]): string {
  const distinct = (textOf: (row: Row) => string): string[] => [...new Set(rows.map(textOf))];
  const head = [
    '# jembench',
    '',
    '```sh',
    ...distinct(({ command }) => command),
    '```',
    '',
    ...distinct(madeBy),
    ...(rows.some(({ kind }) => kind === 'training') ? ['± is half the 95 % t interval over the seeds.'] : []),
    '',
  ].join('\n');
  return [head, ...tables(rows, checks).map((table) => renderMarkdown(table))].join('\n');
}

const madeBy = ({ commit, fingerprint: { cpu, cores, os, runtime, build } }: Row): string =>
  `Commit ${commit}, ${cpu}, ${cores} cores, ${os}, ${runtime}, ${build}.`;

/** The CSV files of a report by name; none for a kind of which there is no row. */
export function csvReports(rows: readonly Row[]): Record<string, string> {
  const { training, kernels, steps, augmentations } = kindsOf(rows);
  return {
    ...(training.length > 0 && { 'summary.csv': trainingCsv(training) }),
    ...(kernels.length > 0 && { 'kernels.csv': kernelCsv(kernels) }),
    ...(steps.length > 0 && { 'steps.csv': rowsCsv(steps) }),
    ...(augmentations.length > 0 && { 'augmentations.csv': rowsCsv(augmentations) }),
  };
}
