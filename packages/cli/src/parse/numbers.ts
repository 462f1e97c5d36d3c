import { InputError } from '@jembench/core';

/** Bounds of an option, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const rangeText = ({ min, max }: Range): string => `from ${min} to ${max}`;

/** A finite number within a range, written as JSON writes it (`1e-3` is fine, `0x10` and blanks are not). */
export function numberIn(where: string, typed: string, range: Range): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(typed) ? Number(typed) : NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new InputError(`${where}: number, got "${typed}", wanted one ${rangeText(range)}`);
}

/** A whole number within a range. */
export function integerIn(where: string, typed: string, range: Range): number {
  const value = /^\d+$/.test(typed) ? Number(typed) : NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new InputError(`${where}: whole number, got "${typed}", wanted one ${rangeText(range)}`);
}

/** A list separated by commas, blanks around them allowed, without an empty or a repeated part. */
export function listOf(where: string, typed: string): string[] {
  const parts = typed.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) {
    throw new InputError(`${where}: list, got "${typed}", wanted names separated by commas, such as a,b`);
  }
  const repeated = parts.find((part, i) => parts.indexOf(part) !== i);
  if (repeated !== undefined) throw new InputError(`${where}: list, got "${repeated}" twice, wanted it once`);
  return parts;
}

/** Seeds: whole numbers separated by commas. */
export function seedsOf(where: string, typed: string): number[] {
  const seeds = listOf(where, typed).map((part) => integerIn(where, part, { min: 0, max: Number.MAX_SAFE_INTEGER }));
  const repeated = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (repeated !== undefined) throw new InputError(`${where}: seeds, got ${repeated} twice, wanted it once`);
  return seeds;
}

/** `i/n`: the i-th of n parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export function shardOf(where: string, typed: string): Shard {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(typed);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (index >= 1 && index <= count) return { index, count };
  throw new InputError(`${where}: shard, got "${typed}", wanted i/n with i from 1 to n, such as 1/4`);
}
