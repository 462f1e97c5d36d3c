import { z } from 'zod';
import { fingerprintSchema } from '../fingerprint.js';
import { verdicts } from '../rows/schema.js';
import { versioned } from '../rows/versioned.js';

/** Version of the records of a calibration; a reader refuses any other. */
export const calibrationSchemaVersion = 1;

const schema = z.literal(calibrationSchemaVersion);
const count = z.int().nonnegative();
const percent = z.number().min(0).max(100);
const verdict = z.enum([...verdicts, 'none']);

/** What all records of a file were measured with: the first of them. */
const setup = z.strictObject({
  schema,
  type: z.literal('setup'),
  commit: z.string().min(1),
  fingerprint: fingerprintSchema,
  profile: z.string().min(1),
  seed: count,
});

/** A benchmark in one pair of fresh processes. */
const timing = z.strictObject({
  schema,
  type: z.literal('timing'),
  pair: count,
  benchmark: z.string().min(1),
  /** By how much the head was made slower while it ran: 0, or 0.1 for a tenth. */
  injected: z.number().nonnegative(),
  /** Median of `ln(t_head / t_base)` over the blocks. */
  ratio: z.number(),
  /** Counts without noise that differed between the processes; none do where the code is the same. */
  moved: z.array(z.string()),
});

/** A seed, trained several times in processes of their own. */
const seeded = z.strictObject({
  schema,
  type: z.literal('seed'),
  seed: count,
  /** kNN accuracy, percent: of the base, of the same code as the head, and of the head with other bits. */
  base: percent,
  same: percent,
  rounded: percent,
  /** The last two with points taken away, by how many. */
  sameLess: z.record(z.string(), percent),
  roundedLess: z.record(z.string(), percent),
  /** What the diagnosis says of each, and of a run that must collapse. */
  verdicts: z.strictObject({ base: verdict, same: verdict, rounded: verdict, collapse: verdict }),
});

const record = z.discriminatedUnion('type', [setup, timing, seeded]);

export type CalibrationRecord = z.infer<typeof record>;
export type CalibrationSetup = z.infer<typeof setup>;
export type TimingRecord = z.infer<typeof timing>;
export type SeedRecord = z.infer<typeof seeded>;

/**
 * A record from parsed JSON.
 *
 * @throws HarnessError for another version, an unknown type, or a field that does not fit (no number is NaN: JSON has none).
 */
export function decodeCalibrationRecord(value: unknown, where: string): CalibrationRecord {
  return versioned(record, calibrationSchemaVersion, 'record', value, where);
}
