import * as z from 'zod';
import { HarnessError } from './errors.js';

/**
 * The machine and the software under a measurement: everything that moves a timing without a change of the code.
 *
 * Rows of different fingerprints are never compared as timings.
 */
export const fingerprintSchema = z.object({
  /** CPU model as the operating system names it. */
  cpu: z.string(),
  /** Logical cores that the process may use. */
  cores: z.int().positive(),
  os: z.string(),
  arch: z.string(),
  /** `node` or the browser's name, and its version. */
  runtime: z.string(),
  backend: z.string(),
  /** The backend's build: tfjs version, kernel set, everything that can change a bit of a result. */
  build: z.string(),
  /** GPU adapter and driver; null where the backend has none. */
  adapter: z.string().nullable(),
  driver: z.string().nullable(),
  /** True for a GPU interface that runs on the CPU (SwiftShader, lavapipe). */
  software: z.boolean(),
  /** Backend flags that differ from a default or decide a code path. */
  flags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Cross-origin isolation of a page; null outside a browser. */
  isolated: z.boolean().nullable(),
});

export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** One field in which two fingerprints differ. */
export interface FingerprintDifference {
  readonly field: string;
  readonly a: unknown;
  readonly b: unknown;
}

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields in which `a` and `b` differ, flags one by one (`flags.NAME`); empty when measurements on both may be compared. */
export function fingerprintDifferences(a: Fingerprint, b: Fingerprint): FingerprintDifference[] {
  const differences: FingerprintDifference[] = [];
  for (const field of Object.keys(fingerprintSchema.shape) as (keyof Fingerprint)[]) {
    if (field === 'flags') continue;
    if (!sameValue(a[field], b[field])) differences.push({ field, a: a[field], b: b[field] });
  }
  for (const flag of new Set([...Object.keys(a.flags), ...Object.keys(b.flags)])) {
    if (!sameValue(a.flags[flag], b.flags[flag])) {
      differences.push({ field: `flags.${flag}`, a: a.flags[flag], b: b.flags[flag] });
    }
  }
  return differences;
}

/**
 * @param across fields that may differ, because the difference is what a comparison is about: `build`, `flags.WASM_HAS_SIMD_SUPPORT`.
 * @throws HarnessError naming every other field that differs, when the two may not be compared.
 */
export function assertComparable(a: Fingerprint, b: Fingerprint, across: readonly string[] = []): void {
  const differences = fingerprintDifferences(a, b).filter(({ field }) => !across.includes(field));
  if (differences.length === 0) return;
  const list = differences.map((d) => `${d.field} (${String(d.a)} against ${String(d.b)})`).join(', ');
  throw new HarnessError(
    `fingerprint: measurements of different machines, got a difference in ${list}, wanted equal fingerprints. ` +
      'Measure both sides on one machine, in one run.',
  );
}
