import { join } from 'node:path';
import { InputError } from '@jembench/core';
import { fingerprintDifferences, type Row } from '@jembench/harness';
import { readRows } from '../rows/read.js';
import { manifestPath, readManifest, type Manifest } from './manifest.js';

/** The shards of a suite, put together. */
export interface Merged {
  /** As the unsharded suite has them: training rows in the order of its plan, then the timings. */
  readonly rows: readonly Row[];
  readonly margin: Manifest['margin'];
}

interface Part {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly rows: readonly Row[];
}

/**
 * Puts the folders of all shards together.
 *
 * @throws InputError for a shard that is missing, there twice, unfinished or of another suite; for rows of other commits or machines,
 *   with the field that differs; and for a run that its shard does not have.
 */
export function merged(folders: readonly string[]): Merged {
  const parts = folders.map((folder): Part => {
    const manifest = readManifest(folder, manifestPath(folder));
    return { folder, manifest, rows: manifest.runs.length === 0 ? [] : readRows(join(folder, 'rows.jsonl')) };
  });
  checkShards(parts);
  checkAlike(parts);
  const ordered = [...parts].sort((a, b) => a.manifest.shard.index - b.manifest.shard.index);
  const byId = new Map<unknown, Row>();
  for (const part of ordered) {
    for (const row of part.rows) if (row.kind === 'training' && !byId.has(row.runId)) byId.set(row.runId, row);
  }
  const [{ manifest }] = ordered;
  const training = manifest.plan.map((id) => byId.get(id) ?? missing(id, parts));
  return {
    rows: [...training, ...ordered.flatMap(({ rows }) => rows.filter(({ kind }) => kind !== 'training'))],
    margin: manifest.margin,
  };
}

function missing(id: string, parts: readonly Part[]): never {
  const owner = parts.find(({ manifest }) => manifest.runs.includes(id));
  const where = owner === undefined ? 'merge' : join(owner.folder, 'rows.jsonl');
  throw new InputError(`${where}: run ${id.slice(0, 12)}, got none, wanted a row of every run; start that shard again`);
}

function checkShards(parts: readonly Part[]): void {
  const [first] = parts;
  const { count } = first.manifest.shard;
  for (const { folder, manifest } of parts) {
    if (manifest.shard.count !== count) {
      throw new InputError(
        `${folder}: shards, got ${manifest.shard.count}, wanted ${count} as in ${first.folder}; merge the shards of one suite`,
      );
    }
    if (
      JSON.stringify([manifest.plan, manifest.margin]) !== JSON.stringify([first.manifest.plan, first.manifest.margin])
    ) {
      throw new InputError(
        `${folder}: plan, got other runs than ${first.folder}, wanted the same; give every shard the same options, data and code`,
      );
    }
    const twin = parts.find((other) => other.folder !== folder && other.manifest.shard.index === manifest.shard.index);
    if (twin !== undefined || parts.filter((other) => other.folder === folder).length > 1) {
      throw new InputError(
        `${folder}: shard ${manifest.shard.index}/${count}, got it twice (${twin?.folder ?? folder}), wanted it once`,
      );
    }
  }
  const absent = Array.from({ length: count }, (_, i) => i + 1).filter(
    (index) => !parts.some(({ manifest }) => manifest.shard.index === index),
  );
  if (absent.length > 0) {
    throw new InputError(
      `merge: shards, got ${parts.length} of ${count}, wanted all; missing ${absent.map((index) => `${index}/${count}`).join(', ')}`,
    );
  }
}

/** Rows of one host and backend come from equal machines and one commit; a browser beside Node is a machine of its own. */
function checkAlike(parts: readonly Part[]): void {
  const firsts = new Map<string, { folder: string; row: Row }>();
  for (const { folder, rows } of parts) {
    for (const row of rows.filter(({ kind }) => kind === 'training')) {
      const place = `${row.host} ${row.backend}`;
      const first = firsts.get(place);
      if (first === undefined) {
        firsts.set(place, { folder, row });
        continue;
      }
      const [difference] = [
        ...(row.commit === first.row.commit ? [] : [{ field: 'commit', a: first.row.commit, b: row.commit }]),
        ...fingerprintDifferences(first.row.fingerprint, row.fingerprint),
      ];
      if (difference === undefined) continue;
      throw new InputError(
        `${folder}: ${difference.field}, got ${String(difference.b)}, wanted ${String(difference.a)} as in ${first.folder}; ` +
          'run all shards of a suite on equal machines and one commit',
      );
    }
  }
}
