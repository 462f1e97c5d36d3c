import { statSync } from 'node:fs';
import {
  calibrationSchemaVersion,
  decodeCalibrationRecord,
  fingerprintDifferences,
  HarnessError,
  type CalibrationRecord,
  type CalibrationSetup,
  type SeedRecord,
  type TimingRecord,
} from '@jembench/harness';
import { appendRecord, readRecords } from '../rows/append-only.js';

/** What was measured, without what is the same for all records. */
type Unversioned<R> = R extends unknown ? Omit<R, 'schema'> : never;
type Setup = Omit<CalibrationSetup, 'schema' | 'type'>;

/** Everything that a calibration has measured, on disk as soon as it is measured. */
export class CalibrationFile {
  readonly timings: TimingRecord[] = [];
  readonly seeds: SeedRecord[] = [];

  private constructor(private readonly path: string) {}

  /**
   * Opens a file, or begins it.
   *
   * @throws HarnessError for a file of another commit, machine, profile or seed, naming the field; for another schema; for damage.
   */
  static open(path: string, setup: Setup): CalibrationFile {
    const file = new CalibrationFile(path);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) {
      file.append({ type: 'setup', ...setup });
      return file;
    }
    const records = readRecords(path, 'record').records.map(({ value, at }) => decodeCalibrationRecord(value, at));
    // Killed within its very first record.
    if (records.length === 0) file.append({ type: 'setup', ...setup });
    else file.#checkSetup(records[0], setup);
    for (const record of records) file.#keep(record);
    return file;
  }

  append(record: Unversioned<CalibrationRecord>): void {
    const whole = decodeCalibrationRecord({ schema: calibrationSchemaVersion, ...record }, this.path);
    appendRecord(this.path, whole);
    this.#keep(whole);
  }

  #keep(record: CalibrationRecord): void {
    if (record.type === 'timing') this.timings.push(record);
    else if (record.type === 'seed') this.seeds.push(record);
  }

  #checkSetup(first: CalibrationRecord, wanted: Setup): void {
    if (first.type !== 'setup')
      throw new HarnessError(`${this.path}: first record, got ${first.type}, wanted setup; give another --out`);
    const [difference] = [
      ...(['commit', 'profile', 'seed'] as const)
        .filter((field) => first[field] !== wanted[field])
        .map((field) => ({ field, a: first[field], b: wanted[field] })),
      ...fingerprintDifferences(first.fingerprint, wanted.fingerprint),
    ];
    if (difference === undefined) return;
    const { field, a, b } = difference;
    throw new HarnessError(
      `${this.path}: ${field}, got ${String(a)}, wanted ${String(b)} as it is now; give another --out, or go on where it began`,
    );
  }
}
