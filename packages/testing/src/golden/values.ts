import { InputError } from '@jembench/core';

/** A flat, row-major array of a golden file. Everything that is not marked int32 is a float64 number. */
export interface GoldenArray {
  readonly dtype: 'float64' | 'int32';
  readonly shape: readonly number[];
  readonly data: Float64Array | Int32Array;
}

/** What may stand in `inputs`, `outputs` and `grads`: numbers, arrays, and lists or name tables of them. */
export type GoldenValue = number | GoldenArray | readonly GoldenValue[] | { readonly [name: string]: GoldenValue };

export function isGoldenArray(value: GoldenValue): value is GoldenArray {
  return typeof value === 'object' && 'data' in value && 'shape' in value;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * One JSON value of a golden file, checked: an object with `shape` or `data` is an array, any other object a table of names.
 *
 * @param where the file, case and field, for messages.
 * @throws InputError for data that does not fill its shape, a number that is not finite (JSON can spell one: 1e999), text, null.
 */
export function parseGoldenValue(raw: unknown, where: string): GoldenValue {
  if (typeof raw === 'number') {
    if (!Number.isFinite(raw)) throw new InputError(`${where}: value, got ${raw}, wanted a finite number`);
    return raw;
  }
  if (Array.isArray(raw)) return raw.map((entry, i) => parseGoldenValue(entry, `${where}[${i}]`));
  if (typeof raw !== 'object' || raw === null) {
    throw new InputError(`${where}: value, got ${JSON.stringify(raw)}, wanted a number, an array or a table of them`);
  }
  if ('shape' in raw || 'data' in raw) return parseArray(raw, where);
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, parseGoldenValue(value, `${where}.${name}`)]),
  );
}

function parseArray(raw: object, where: string): GoldenArray {
  const { shape, data, dtype, ...unknown } = raw as Record<string, unknown>;
  const extra = Object.keys(unknown);
  if (extra.length > 0) {
    throw new InputError(`${where}: array, got the unknown field "${extra[0]}", wanted shape, data and perhaps dtype`);
  }
  if (dtype !== undefined && dtype !== 'int32') {
    throw new InputError(`${where}: dtype, got ${JSON.stringify(dtype)}, wanted "int32" or nothing (float64)`);
  }
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)) {
    throw new InputError(`${where}: shape, got ${JSON.stringify(shape)}, wanted a list of lengths`);
  }
  const lengths = shape as number[];
  if (!Array.isArray(data) || data.length !== elements(lengths)) {
    const got = Array.isArray(data) ? `${data.length} numbers` : JSON.stringify(data);
    throw new InputError(`${where}: data, got ${got}, wanted ${elements(lengths)} for shape [${lengths.join(', ')}]`);
  }
  const wanted = dtype === 'int32' ? 'an int32' : 'a finite number';
  const valid = dtype === 'int32' ? isInt32 : Number.isFinite;
  const broken = data.findIndex((value) => !valid(value));
  if (broken >= 0) {
    throw new InputError(`${where}: data[${broken}], got ${JSON.stringify(data[broken])}, wanted ${wanted}`);
  }
  const numbers = data as number[];
  return dtype === 'int32'
    ? { dtype, shape: lengths, data: Int32Array.from(numbers) }
    : { dtype: 'float64', shape: lengths, data: Float64Array.from(numbers) };
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && value === (value | 0);
}
