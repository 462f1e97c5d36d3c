import type { Command } from 'commander';
import { diagnose, gatherRows, knnProbe, type Diagnosis, type Matrix } from '@jembench/eval';
import { readEmbeddings } from '../diagnose/read.js';
import type { Embeddings } from '../diagnose/table.js';
import { ExitCode } from '../exit.js';
import { compact } from '@jembench/harness';
import { print } from '../output/stdout.js';
import { numberIn } from '../parse/numbers.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly labels?: string;
  readonly labelColumn?: string;
  readonly targetStd?: string;
}

/** What `diagnose` found; `knn` is null without labels. */
interface Report extends Diagnosis {
  readonly file: string;
  readonly classes: readonly string[];
  readonly knn: number | null;
}

export function diagnoseCommand(finish: Finish): Command {
  return subcommand('diagnose', 'say whether embeddings have collapsed, whoever made them', [
    { line: 'diagnose embeddings.npy', about: 'an array of shape (samples, dimensions) saved by numpy.save' },
    { line: 'diagnose embeddings.npy --labels labels.npy', about: 'with classes: also how well neighbours agree' },
    { line: 'diagnose embeddings.csv --label-column class', about: 'a row a sample; a header is recognised' },
  ])
    .argument('<file>', '.npy or CSV')
    .option('--labels <file>', 'a label for each row: .npy, or text with one a line')
    .option('--label-column <name>', 'of a CSV: name or number (from 1) of the column with labels')
    .option(
      '--target-std <s>',
      'the standard deviation that the loss asks of every dimension (VICReg: 1), where there is one',
    )
    .addHelpText('after', '\nExit codes: 0 healthy, 1 collapsed or diverged, 2 a file that cannot be read.')
    .action((file: string, options: Options) => {
      finish(report(file, options));
    });
}

function report(file: string, { json, labels, labelColumn, targetStd }: Options): ExitCode {
  const embeddings = readEmbeddings({ file, labels: labels ?? null, labelColumn: labelColumn ?? null });
  const target =
    targetStd === undefined ? undefined : numberIn('--target-std', targetStd, { min: 1e-12, max: Number.MAX_VALUE });
  const diagnosis = diagnose(embeddings, { labels: embeddings.labels ?? undefined, targetStd: target });
  const found: Report = {
    file,
    classes: embeddings.classes,
    ...diagnosis,
    knn: neighbourAgreement(embeddings, diagnosis),
  };
  print(json ? JSON.stringify(found) : reportText(found));
  return found.verdict === 'healthy' ? ExitCode.done : ExitCode.failed;
}

/** Weighted kNN, even rows voting on odd ones, in percent; null where there is nothing to vote on. */
function neighbourAgreement(embeddings: Embeddings, { verdict }: Diagnosis): number | null {
  const { labels, classes, rows } = embeddings;
  if (labels === null || classes.length < 2 || rows < 4 || verdict === 'diverged') return null;
  const half = (parity: number): { features: Matrix; labels: Int32Array } => {
    const indices = Int32Array.from({ length: Math.floor((rows + 1 - parity) / 2) }, (_, i) => 2 * i + parity);
    return { features: gatherRows(embeddings, indices), labels: indices.map((i) => labels[i]) };
  };
  const [even, odd] = [half(0), half(1)];
  const k = Math.min(20, even.features.rows);
  return knnProbe(even.features, even.labels, odd.features, odd.labels, { k, classes: classes.length }).top1.percent;
}

function reportText(found: Report): string {
  const line = (name: string, text: string): string => `${name.padEnd(26)} ${text}`;
  const figure = (name: string, key: keyof Diagnosis, rest = ''): string => {
    const value = found[key] as number | null;
    return line(name, value === null ? `- (${found.notDefined[key] ?? 'not defined'})` : `${compact(value)}${rest}`);
  };
  return [
    line('verdict', found.verdict),
    ...found.reasons.map((reason) => line('', reason)),
    line('embeddings', `${found.count} of ${found.dimensions} dimensions`),
    figure('std·√D (normalised)', 'stdTimesSqrtD', ', 1 is even, 0 collapsed'),
    figure('effective rank', 'effectiveRank', ` of at most ${found.rankCap}`),
    figure('RankMe', 'rankMe', ` of at most ${found.rankCap}`),
    figure('α-ReQ', 'alphaReq'),
    figure('mean |correlation|', 'meanAbsCorrelation'),
    figure('mean std', 'meanStd'),
    figure('constant dimensions', 'constantDimensions'),
    ...(found.classes.length === 0
      ? []
      : [
          line('classes', String(found.classes.length)),
          figure('variance between classes', 'betweenClassShare'),
          line('kNN, even rows on odd', found.knn === null ? '-' : `${found.knn.toFixed(1)} %`),
        ]),
  ].join('\n');
}
