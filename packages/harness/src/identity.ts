import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { HarnessError } from './errors.js';

/** JSON data: what an identity may consist of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Everything that determines a training run's weights and scores. */
export interface RunIdentity {
  readonly method: string;
  /** Resolved options, defaults included, so that a changed default is another run. */
  readonly options: Json;
  readonly dataset: string;
  readonly datasetChecksum: string;
  readonly encoder: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly optimiser: Json;
  readonly backend: string;
  readonly build: string;
  /** How the run is scored, and the version of the trainer's code: what else can change a figure of its row. */
  readonly more?: Json;
}

/**
 * SHA-256 (hex) of the canonical JSON (RFC 8785) of a value: equal values give equal hashes, whatever the order of their keys.
 *
 * @throws HarnessError for a value that JSON cannot hold (NaN, Infinity, a function).
 */
export function canonicalHash(value: Json): string {
  refuseNonJson(value, '');
  const text = canonicalize(value);
  if (text === undefined) throw new HarnessError('identity: value, got undefined, wanted JSON data');
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The name of a run, and of the file that holds its result. */
export function runId(identity: RunIdentity): string {
  return canonicalHash({ ...identity });
}

function refuseNonJson(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new HarnessError(`identity${path}: number, got ${value}, wanted a finite one`);
  }
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new HarnessError(`identity${path}: value, got a ${typeof value}, wanted JSON data`);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) refuseNonJson(child, `${path}.${key}`);
}
