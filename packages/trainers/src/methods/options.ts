import { InputError } from '@jembench/core';
import { distance } from 'fastest-levenshtein';

/** One setting of a method: what it is, its default and what it may be. `T` is the type of its value. */
export interface Option<T extends OptionValue = OptionValue> {
  readonly default: T;
  readonly about: string;
  readonly kind: 'integer' | 'real' | 'flag' | 'choice';
  /** Numbers: the range, both ends included. */
  readonly from?: number;
  readonly to?: number;
  readonly choices?: readonly string[];
}

export type OptionValue = number | boolean | string;
export type OptionTable = Readonly<Record<string, Option>>;

/** The values that belong to a table of options. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V : never;
};

interface Range {
  readonly from?: number;
  readonly to?: number;
}

export function integer(value: number, range: Range, about: string): Option<number> {
  return { kind: 'integer', default: value, about, ...range };
}

export function real(value: number, range: Range, about: string): Option<number> {
  return { kind: 'real', default: value, about, ...range };
}

export function flag(value: boolean, about: string): Option<boolean> {
  return { kind: 'flag', default: value, about };
}

export function choice<const C extends string>(value: C, choices: readonly C[], about: string): Option<C> {
  return { kind: 'choice', default: value, about, choices };
}

/**
 * The values of all options: the defaults, and what the caller set.
 *
 * @param where the head of an error, for instance `method vicreg`.
 * @param given by name; text is read as the option's kind, so that the words of a command line can come as they are.
 * @throws InputError for a name that is not in the table (with the nearest one) and for a value of another kind or out of range.
 */
export function optionValues<T extends OptionTable>(
  where: string,
  table: T,
  given: Readonly<Record<string, unknown>>,
): OptionValues<T> {
  const values: Record<string, OptionValue> = {};
  for (const [name, option] of Object.entries(table)) values[name] = option.default;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) throw unknownName(`${where}: option`, name, Object.keys(table));
    values[name] = checked(`${where}: option ${name}`, table[name], value);
  }
  return values as OptionValues<T>;
}

/** The error for a name that is not in a list, with the nearest that is. */
export function unknownName(where: string, name: string, known: readonly string[]): InputError {
  const nearest = known.reduce((best, next) => (distance(name, next) < distance(name, best) ? next : best), known[0]);
  return new InputError(`${where}, got "${name}", wanted one of ${known.join(', ')}; did you mean "${nearest}"?`);
}

function checked(where: string, option: Option, value: unknown): OptionValue {
  const wrong = (wanted: string) =>
    new InputError(`${where}, got ${JSON.stringify(value)}, wanted ${wanted} (${option.about})`);
  switch (option.kind) {
    case 'flag': {
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw wrong('true or false');
    }
    case 'choice': {
      const choices = option.choices ?? [];
      if (typeof value === 'string' && choices.includes(value)) return value;
      throw wrong(`one of ${choices.join(', ')}`);
    }
    default: {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const { from = -Number.MAX_VALUE, to = Number.MAX_VALUE, kind } = option;
      const fits = typeof number === 'number' && number >= from && number <= to;
      if (fits && (kind === 'real' || Number.isSafeInteger(number))) return number;
      throw wrong(`${kind === 'integer' ? 'an integer' : 'a number'}${rangeText(option)}`);
    }
  }
}

function rangeText({ from, to }: Range): string {
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` of at least ${from}`;
  return to === undefined ? '' : ` of at most ${to}`;
}
