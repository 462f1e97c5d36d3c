import { z } from 'zod';
import { HarnessError } from '../errors.js';
import { fingerprintDifferences, fingerprintSchema, type Fingerprint } from '../fingerprint.js';
import { figures } from '../formats/figures.js';
import { canonicalHash } from '../identity.js';
import { configurationKey, configurationNames } from '../rows/name.js';
import { versioned } from '../rows/versioned.js';
import type { Row } from '../rows/schema.js';
import { mean } from '../statistics/samples.js';
import { groupedBy } from '../grouped.js';

/** Version of the records of a history; a reader refuses any other. */
const nightSchemaVersion = 1;

const figure = z.strictObject({
  /** Identifies the series: measurement, measure and seeds. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  benchmark: z.string().min(1),
  measure: z.string().min(1),
  unit: z.string(),
  better: z.enum(['smaller', 'bigger']),
  /** A mean over the seeds, where there are several. */
  value: z.number(),
  n: z.int().positive(),
});

const nightSchema = z.strictObject({
  schema: z.literal(nightSchemaVersion),
  /** SHA-256 of commit, fingerprint and figures: the same night appended twice is one night. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.iso.datetime(),
  commit: z.string().min(1),
  fingerprint: fingerprintSchema,
  figures: z.array(figure).min(1),
  /** What ran and has no figures, and why. */
  failed: z.array(z.string()),
});

/** What one night measured on one machine: a line of a history. */
export type Night = z.infer<typeof nightSchema>;
export type NightFigure = z.infer<typeof figure>;

/**
 * What a history belongs to: a fingerprint without the backend's build, because changes of the build are among what it shall find.
 */
export const machineKey = (fingerprint: Fingerprint): string => canonicalHash({ ...fingerprint, build: undefined });

/**
 * The night that rows were measured in, one for each machine among them (Node and a browser on one computer are two).
 *
 * @param time when, ISO 8601 in UTC.
 * @throws HarnessError for rows of several commits, and for rows of one machine whose builds differ.
 */
export function nightsOf(rows: readonly Row[], time: string): Night[] {
  const commits = [...new Set(rows.map((row) => row.commit))];
  if (commits.length !== 1) {
    throw new HarnessError(
      `history: commit, got ${commits.join(', ') || 'none'}, wanted rows of one; append the rows of each commit by themselves`,
    );
  }
  const machines = groupedBy(rows, (row) => machineKey(row.fingerprint));
  return [...machines.values()].map((own) => nightOf(own, commits[0], time));
}

function nightOf(rows: readonly Row[], commit: string, time: string): Night {
  const [{ fingerprint }] = rows;
  for (const row of rows) {
    const [difference] = fingerprintDifferences(fingerprint, row.fingerprint);
    if (difference !== undefined) {
      throw new HarnessError(
        `history: ${difference.field}, got ${String(difference.a)} and ${String(difference.b)} in one night, wanted one`,
      );
    }
  }
  const measured = nightFigures(rows);
  const failed = rows
    .filter((row) => row.status === 'failed')
    .map((row) => `${configurationNames([row])[0]}: ${row.reason ?? ''}`);
  if (measured.length === 0) {
    throw new HarnessError('history: figures, got none, wanted rows with a time, a speed or an accuracy');
  }
  const content = { commit, fingerprint, figures: measured, failed };
  return checkedNight({ schema: nightSchemaVersion, id: canonicalHash(content), time, ...content });
}

/** One figure a configuration and measure: what a method reaches is a mean over its seeds. */
function nightFigures(rows: readonly Row[]): NightFigure[] {
  const names = configurationNames(rows);
  const named = rows.map((row, i) => ({ row, name: names[i] }));
  return [...groupedBy(named, ({ row }) => configurationKey(row))].flatMap(([key, group]) => {
    const [{ name }] = group;
    const all = figures(group.map(({ row }) => row));
    return [...new Set(all.map(({ measure }) => measure))].map((measure) => {
      const own = all.filter((one) => one.measure === measure);
      const [{ unit, better }] = own;
      const members = own.map((one) => one.key).sort();
      if (new Set(members).size < members.length) {
        throw new HarnessError(`history: ${name} ${measure}, got it twice, wanted one row a measurement`);
      }
      const series = canonicalHash([key, measure, members]);
      return {
        ...{ key: series, benchmark: name, measure, unit, better },
        ...{ value: mean(own.map(({ value }) => value)), n: own.length },
      };
    });
  });
}

/**
 * A night from parsed JSON.
 *
 * @throws HarnessError for another version, a field that does not fit, and content that is not what its `id` says.
 */
export function decodeNight(value: unknown, where: string): Night {
  return checkedNight(versioned(nightSchema, nightSchemaVersion, 'history', value, where), where);
}

function checkedNight(night: Night, where = 'history'): Night {
  const { commit, fingerprint, figures: measured, failed } = nightSchema.parse(night);
  if (canonicalHash({ commit, fingerprint, figures: measured, failed }) !== night.id) {
    throw new HarnessError(`${where}: id, got one that its content does not have, wanted a night as it was written`);
  }
  return night;
}
