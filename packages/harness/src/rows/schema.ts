import * as z from 'zod';
import { fingerprintSchema } from '../fingerprint.js';

/**
 * Version of the row schema; a reader refuses any other.
 *
 * It changes when an old reader would misread a new row: a field that is gone, that means something else, or that a row cannot be
 * understood without. A new optional field (`ratios`) or a new name of an open list (the host `peer`) is none of these: rows are read
 * with what they have, and kept.
 */
export const rowSchemaVersion = 1;

const percent = z.number().min(0).max(100);
const nonNegative = z.number().nonnegative();
const count = z.int().nonnegative();
const json: z.ZodType = z.json();

/** A metric that does not apply to the row, or was not finite (then `nonFinite` names it), is null. */
const metric = <T extends z.ZodType>(type: T) => type.nullable();

const common = {
  schema: z.literal(rowSchemaVersion),
  status: z.enum(['ok', 'failed', 'skipped']),
  /** Why the row is not `ok`. */
  reason: z.string().min(1).optional(),
  /** `node`, `browser`, or `peer`: another library, in a process of its own, timed beside ours. */
  host: z.string().min(1),
  backend: z.string().min(1),
  build: z.string().min(1),
  threads: z.int().positive(),
  fingerprint: fingerprintSchema,
  /** The command line that makes the row again. */
  command: z.string(),
  /** The commit of the code that ran, `-dirty` where files differ from it, `unknown` outside a checkout. */
  commit: z.string(),
  /** Metrics that were not finite. JSON has no NaN: the field itself is null and its value is told here. */
  nonFinite: z.record(z.string(), z.enum(['NaN', 'Infinity', '-Infinity'])).optional(),
};

export const verdicts = ['healthy', 'type-1', 'type-2', 'diverged'] as const;

const training = z.looseObject({
  ...common,
  kind: z.literal('training'),
  /** Hash of everything that determines the run; the name of its result file. */
  runId: z.string().regex(/^[0-9a-f]{64}$/),
  method: z.string().min(1),
  /** The name of a deliberately broken variant that must collapse; absent on ordinary runs. */
  control: z.string().min(1).optional(),
  /** Resolved options of the method. */
  options: z.record(z.string(), json),
  dataset: z.string().min(1),
  datasetChecksum: z.string().min(1),
  encoder: z.string().min(1),
  seed: count,
  epochs: count,
  batch: z.int().positive(),
  steps: count.optional(),
  /** Top-1 accuracies in percent, on the held-out test split. */
  knn: metric(percent),
  linear: metric(percent),
  knnProjector: metric(percent),
  linearProjector: metric(percent),
  /** Mean per-dimension std of the L2-normalised embeddings times sqrt(D): 1 when isotropic, 0 when collapsed to a point. */
  stdTimesSqrtD: metric(nonNegative),
  effectiveRank: metric(nonNegative),
  rankMe: metric(nonNegative),
  /** `min(N - 1, D)`: no rank can be above it. */
  rankCap: metric(nonNegative).optional(),
  verdict: metric(z.enum(verdicts)),
  verdictReasons: z.array(z.string()).optional(),
  imagesPerSecond: metric(nonNegative),
  msPerStep: metric(nonNegative),
  /** SHA-256 of the trained weights. */
  weightsHash: metric(z.string()),
});

/** Sizes by their letters: `{ N: 64, K: 3000 }`. */
const shape = z.record(z.string(), z.int().positive());

const timing = {
  implementation: z.string().min(1),
  shape,
  /** Median and its 95 % interval, milliseconds. */
  ms: metric(nonNegative),
  low: metric(nonNegative),
  high: metric(nonNegative),
  samples: count.optional(),
  /** Per step: the declared cost over the median. */
  gflops: metric(nonNegative),
  gbps: metric(nonNegative),
  /** Fraction of the machine's measured roofline that the median reaches; null where no ceiling was measured. */
  shareOfCeiling: metric(nonNegative),
  /** Bytes that one step must read and write, as declared. */
  bytes: metric(nonNegative),
  /** Of one step: the bytes of all tensors that it makes, and the kernels that it starts. */
  allocatedBytes: count.optional(),
  launches: count.optional(),
  leakedTensors: z.int().optional(),
  leakedBytes: z.int().optional(),
  /**
   * By the name of a peer that was timed in the same rounds: how many times as long it takes, the median of the rounds' ratios and its
   * 95 % interval. Above 1 the peer is slower.
   */
  ratios: z.record(z.string(), z.object({ ratio: nonNegative, low: nonNegative, high: nonNegative })).optional(),
  /** Largest error against the float64 reference, relative to the largest reference value, and what was allowed. */
  error: metric(nonNegative).optional(),
  tolerance: nonNegative.optional(),
};

const kernel = z.looseObject({
  ...common,
  ...timing,
  kind: z.literal('kernel'),
  kernel: z.string().min(1),
  pass: z.enum(['forward', 'forward-backward']),
});

const step = z.looseObject({
  ...common,
  ...timing,
  kind: z.literal('step'),
  step: z.string().min(1),
  imagesPerSecond: metric(nonNegative).optional(),
});

const augmentation = z.looseObject({
  ...common,
  kind: z.literal('augmentation'),
  augmentation: z.string().min(1),
  shape: shape.optional(),
  implementation: z.string().min(1),
  imagesPerSecond: metric(nonNegative),
  low: metric(nonNegative).optional(),
  high: metric(nonNegative).optional(),
  ratios: timing.ratios,
});

const claim = z.looseObject({
  ...common,
  kind: z.literal('claim'),
  claim: z.string().min(1),
  statement: z.string().min(1),
  effect: metric(z.number()),
  low: metric(z.number()),
  high: metric(z.number()),
  seeds: z.array(count),
  verdict: z.enum(['supported', 'contradicted', 'inconclusive']),
});

const gate = z.looseObject({
  ...common,
  kind: z.literal('gate'),
  benchmark: z.string().min(1),
  effect: metric(z.number()),
  low: metric(z.number()),
  high: metric(z.number()),
  allowed: metric(z.number()),
  verdict: z.enum(['pass', 'warn', 'fail', 'neutral', 'inconclusive', 'noisy']),
});

/** Figures that a finished row of each kind must have: null is not a result. */
const required = {
  training: ['knn', 'verdict', 'weightsHash'],
  kernel: ['ms', 'low', 'high'],
  step: ['ms', 'low', 'high'],
  augmentation: ['imagesPerSecond'],
  claim: ['effect'],
  gate: ['effect'],
} as const;

/** Any row, seen as a record. */
type Draft = { kind: keyof typeof required; status: string; nonFinite?: object } & Record<string, unknown>;

/** A diverged run has no embeddings to measure. */
const mayDiverge = new Set(['knn']);

/** Fields without which a row is no result, and figures that were not finite where a result may have none such. */
function faults(row: Draft): { field: string; wanted: string }[] {
  if (row.status !== 'ok') {
    return row.reason === undefined ? [{ field: 'reason', wanted: `a reason for status "${row.status}"` }] : [];
  }
  const diverged = row.verdict === 'diverged';
  const missing = required[row.kind].filter((field) => row[field] === null && !(diverged && mayDiverge.has(field)));
  const nonFinite = diverged ? [] : Object.keys(row.nonFinite ?? {});
  const wanted = 'a finite number in a row of status "ok"';
  return [...new Set<string>([...missing, ...nonFinite])].map((field) => ({ field, wanted }));
}

/** One row: what a line of `rows.jsonl` holds and what `--json` prints. */
export const rowSchema = z
  .discriminatedUnion('kind', [training, kernel, step, augmentation, claim, gate])
  .superRefine((row, context) => {
    for (const { field, wanted } of faults(row)) {
      context.addIssue({ code: 'custom', path: [field], message: `wanted ${wanted}` });
    }
  });

export type Row = z.infer<typeof rowSchema>;
export type RowKind = Row['kind'];
export type TrainingRow = Extract<Row, { kind: 'training' }>;
export type KernelRow = Extract<Row, { kind: 'kernel' }>;
export type StepRow = Extract<Row, { kind: 'step' }>;
export type Verdict = (typeof verdicts)[number];

/** What all rows of one process share. */
export type RowContext = Pick<
  Row,
  'schema' | 'host' | 'backend' | 'build' | 'threads' | 'fingerprint' | 'command' | 'commit'
>;
