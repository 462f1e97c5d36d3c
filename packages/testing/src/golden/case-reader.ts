import { InputError, tf, type Tensor } from '@jembench/core';
import { arrayMismatch, largestMagnitude, type Mismatch } from './comparison.js';
import type { GoldenCase, GoldenParam, GoldenSource } from './format.js';
import { absoluteTolerance, type Allowance, type Tolerance } from './tolerance.js';
import { elements, isGoldenArray, type GoldenArray, type GoldenValue } from './values.js';

/** A result to compare: a number, plain numbers, or a tensor (which the reader copies; its shape is compared, too). */
export type Actual = number | ArrayLike<number> | Tensor;

/** How one comparison is made, where it is not by the topic's tolerance alone. tolerance.ts has the formula. */
export interface Expectation extends Allowance {
  /** The key of `float32_error` that belongs to this field; by default `KEY_rel`, `grad_KEY` or `KEY`. */
  readonly error?: string;
  /** Equal to the last bit. Always so for int32. */
  readonly exact?: boolean;
}

type Section = 'params' | 'inputs' | 'outputs' | 'grads';

/** What a topic reads a case through and reports its results to. */
export interface CaseReader {
  readonly name: string;
  readonly source: GoldenSource;
  /** An option of the case, as JSON has it and as the type the caller expects: hand it to code that checks its options. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- spares every topic a cast
  param<T extends GoldenParam>(key: string): T;
  optionalParam<T extends GoldenParam>(key: string, fallback: T): T;
  has(section: Section, key: string): boolean;
  /** The names of the fields of a section, for topics whose inputs are numbered (`layer0`, `layer1`). */
  keys(section: Section): readonly string[];
  input(key: string): GoldenArray;
  /** The input as a float32 or int32 tensor, freed when the case is over. */
  inputTensor(key: string): Tensor;
  /** A table of arrays, such as the weights of a network. */
  inputTable(key: string): Readonly<Record<string, GoldenArray>>;
  /** A list of tables of arrays, such as ten steps of gradients. */
  inputTables(key: string): readonly Readonly<Record<string, GoldenArray>>[];
  /** An output that says what to compute (the steps of a schedule) rather than a result. Counts as read. */
  output(key: string): GoldenValue;
  expectScalar(key: string, actual: number | Tensor, expectation?: Expectation): void;
  expectArray(key: string, actual: Actual, expectation?: Expectation): void;
  expectGradient(key: string, actual: Actual, expectation?: Expectation): void;
  /** A table of numbers or arrays: the same names, each compared by itself. */
  expectTable(key: string, actual: Readonly<Record<string, Actual>>, expectation?: Expectation): void;
  /** A list of tables. */
  expectTables(key: string, actual: readonly Readonly<Record<string, Actual>>[], expectation?: Expectation): void;
}

interface Pending {
  readonly field: string;
  readonly actual: Actual;
  readonly wanted: GoldenArray;
  readonly tolerance: number;
}

/**
 * The reader of one case: checks what the topic asks for, remembers what it read, compares at the end.
 *
 * Comparisons wait for `finish`, because some backends can only be read asynchronously. A field of the case that nobody read is a
 * failure there: a case that is understood in part is not understood.
 */
export class TrackingCaseReader implements CaseReader {
  readonly #case: GoldenCase;
  readonly #tolerance: Tolerance;
  readonly #read = new Set<string>();
  readonly #pending: Pending[] = [];
  readonly #mismatches: Mismatch[] = [];
  readonly #largestInput: number;

  constructor(goldenCase: GoldenCase, tolerance: Tolerance) {
    this.#case = goldenCase;
    this.#tolerance = tolerance;
    this.#largestInput = Math.max(...Object.values(goldenCase.inputs).map(largestArray), 1);
  }

  get name(): string {
    return this.#case.name;
  }

  get source(): GoldenSource {
    return this.#case.source;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- see CaseReader
  param<T extends GoldenParam>(key: string): T {
    return this.#field(this.#case.params, 'params', key) as T;
  }

  optionalParam<T extends GoldenParam>(key: string, fallback: T): T {
    return this.has('params', key) ? this.param<T>(key) : fallback;
  }

  has(section: Section, key: string): boolean {
    return Object.hasOwn(this.#case[section], key);
  }

  keys(section: Section): readonly string[] {
    return Object.keys(this.#case[section]);
  }

  input(key: string): GoldenArray {
    return this.#array(this.#field(this.#case.inputs, 'inputs', key), `inputs.${key}`);
  }

  inputTensor(key: string): Tensor {
    const { data, shape, dtype } = this.input(key);
    return dtype === 'int32'
      ? tf.tensor(data, [...shape], 'int32')
      : tf.tensor(Float32Array.from(data), [...shape], 'float32');
  }

  inputTable(key: string): Readonly<Record<string, GoldenArray>> {
    return this.#arrayTable(this.#field(this.#case.inputs, 'inputs', key), `inputs.${key}`);
  }

  inputTables(key: string): readonly Readonly<Record<string, GoldenArray>>[] {
    const list = this.#list(this.#field(this.#case.inputs, 'inputs', key), `inputs.${key}`);
    return list.map((value, i) => this.#arrayTable(value, `inputs.${key}[${i}]`));
  }

  output(key: string): GoldenValue {
    return this.#field(this.#case.outputs, 'outputs', key);
  }

  expectScalar(key: string, actual: number | Tensor, expectation: Expectation = {}): void {
    const wanted = this.#field(this.#case.outputs, 'outputs', key);
    if (typeof wanted !== 'number') throw this.#error(`outputs.${key}`, describe(wanted), 'a number');
    this.#expect(`outputs.${key}`, actual, wanted, this.#float32Error([`${key}_rel`, key], expectation), expectation);
  }

  expectArray(key: string, actual: Actual, expectation: Expectation = {}): void {
    const wanted = this.#array(this.#field(this.#case.outputs, 'outputs', key), `outputs.${key}`);
    this.#expect(`outputs.${key}`, actual, wanted, this.#float32Error([`${key}_rel`, key], expectation), expectation);
  }

  expectGradient(key: string, actual: Actual, expectation: Expectation = {}): void {
    const wanted = this.#array(this.#field(this.#case.grads, 'grads', key), `grads.${key}`);
    this.#expect(`grads.${key}`, actual, wanted, this.#float32Error([`grad_${key}`], expectation), expectation);
  }

  expectTable(key: string, actual: Readonly<Record<string, Actual>>, expectation: Expectation = {}): void {
    const wanted = this.#table(this.#field(this.#case.outputs, 'outputs', key), `outputs.${key}`);
    this.#expectTable(
      `outputs.${key}`,
      actual,
      wanted,
      this.#float32Error([`${key}_rel`, key], expectation),
      expectation,
    );
  }

  expectTables(key: string, actual: readonly Readonly<Record<string, Actual>>[], expectation: Expectation = {}): void {
    const wanted = this.#list(this.#field(this.#case.outputs, 'outputs', key), `outputs.${key}`);
    if (actual.length !== wanted.length) {
      this.#mismatch(`outputs.${key}`, `${actual.length} tables`, `${wanted.length} tables`);
      return;
    }
    const float32Error = this.#float32Error([`${key}_rel`, key], expectation);
    for (const [i, table] of wanted.entries()) {
      const field = `outputs.${key}[${i}]`;
      this.#expectTable(field, actual[i], this.#table(table, field), float32Error, expectation);
    }
  }

  /** Compares everything that was expected; call once, after the topic has run, and `dispose` after it. */
  async finish(): Promise<readonly Mismatch[]> {
    const mismatches = [...this.#mismatches];
    for (const { field, actual, wanted, tolerance } of this.#pending) {
      const mismatch = arrayMismatch(field, await numbers(actual), wanted, tolerance);
      if (mismatch !== undefined) mismatches.push(mismatch);
    }
    for (const section of ['params', 'inputs', 'outputs', 'grads'] as const) {
      for (const key of this.keys(section)) {
        if (this.#read.has(`${section}.${key}`)) continue;
        mismatches.push(
          difference(`${section}.${key}`, 'field not understood: nothing read it', 'a topic that reads it'),
        );
      }
    }
    return mismatches;
  }

  /** Frees the copies that wait for their comparison. */
  dispose(): void {
    for (const { actual } of this.#pending) if (actual instanceof tf.Tensor) actual.dispose();
    this.#pending.length = 0;
  }

  #field<V>(values: Readonly<Record<string, V>>, section: Section, key: string): V {
    if (!Object.hasOwn(values, key)) throw this.#error(`${section}.${key}`, 'nothing', 'a value: the topic needs it');
    this.#read.add(`${section}.${key}`);
    return values[key];
  }

  #float32Error(keys: readonly string[], { error }: Expectation): number {
    const errors = this.#case.float32Error;
    const key = error ?? keys.find((candidate) => Object.hasOwn(errors, candidate));
    return key === undefined ? 0 : (errors[key] ?? 0);
  }

  #expectTable(
    field: string,
    actual: Readonly<Record<string, Actual>>,
    wanted: Readonly<Record<string, GoldenValue>>,
    float32Error: number,
    expectation: Expectation,
  ): void {
    const names = new Set([...Object.keys(actual), ...Object.keys(wanted)]);
    for (const name of names) {
      const at = `${field}.${name}`;
      if (!Object.hasOwn(wanted, name)) this.#mismatch(at, 'a value', 'no such name');
      else if (!Object.hasOwn(actual, name)) this.#mismatch(at, 'nothing', describe(wanted[name]));
      else {
        const value = wanted[name];
        this.#expect(
          at,
          actual[name],
          typeof value === 'number' ? value : this.#array(value, at),
          float32Error,
          expectation,
        );
      }
    }
  }

  #expect(
    field: string,
    actual: Actual,
    wanted: number | GoldenArray,
    float32Error: number,
    expectation: Expectation,
  ): void {
    const array = typeof wanted === 'number' ? scalar(wanted) : wanted;
    if (actual instanceof tf.Tensor && actual.shape.join() !== array.shape.join()) {
      this.#mismatch(field, `shape [${actual.shape.join(', ')}]`, `shape [${array.shape.join(', ')}]`);
      return;
    }
    const exact = expectation.exact === true || array.dtype === 'int32';
    const errors = { float32Error, largestInput: this.#largestInput, largestWanted: largestMagnitude(array.data) };
    this.#pending.push({
      field,
      // A copy, kept: the topic may free its tensor, or run in a tidy, before the comparison happens.
      actual: actual instanceof tf.Tensor ? tf.keep(tf.clone(actual)) : actual,
      wanted: array,
      tolerance: exact ? 0 : absoluteTolerance(this.#tolerance, expectation, errors),
    });
  }

  #mismatch(field: string, got: string, wanted: string): void {
    this.#mismatches.push(difference(field, got, wanted));
  }

  #array(value: GoldenValue, field: string): GoldenArray {
    if (!isGoldenArray(value)) throw this.#error(field, describe(value), 'an array {"shape", "data"}');
    return value;
  }

  #list(value: GoldenValue, field: string): readonly GoldenValue[] {
    if (!Array.isArray(value)) throw this.#error(field, describe(value), 'a list');
    return value as readonly GoldenValue[];
  }

  #table(value: GoldenValue, field: string): Readonly<Record<string, GoldenValue>> {
    if (typeof value === 'number' || Array.isArray(value) || isGoldenArray(value)) {
      throw this.#error(field, describe(value), 'a table of names');
    }
    return value as Readonly<Record<string, GoldenValue>>;
  }

  #arrayTable(value: GoldenValue, field: string): Readonly<Record<string, GoldenArray>> {
    const entries = Object.entries(this.#table(value, field));
    return Object.fromEntries(entries.map(([name, entry]) => [name, this.#array(entry, `${field}.${name}`)]));
  }

  #error(field: string, got: string, wanted: string): InputError {
    return new InputError(`${this.#case.where}: ${field}, got ${got}, wanted ${wanted}`);
  }
}

async function numbers(actual: Actual): Promise<ArrayLike<number>> {
  if (typeof actual === 'number') return [actual];
  return actual instanceof tf.Tensor ? actual.data() : actual;
}

function difference(field: string, got: string, wanted: string): Mismatch {
  return { field, got, wanted, tolerance: null, error: null };
}

function scalar(value: number): GoldenArray {
  return { dtype: 'float64', shape: [], data: Float64Array.of(value) };
}

function largestArray(value: GoldenValue): number {
  if (typeof value === 'number') return 1;
  if (isGoldenArray(value)) return elements(value.shape);
  return Math.max(...Object.values(value).map(largestArray), 1);
}

function describe(value: GoldenValue): string {
  if (typeof value === 'number') return String(value);
  if (isGoldenArray(value)) return `an array of shape [${value.shape.join(', ')}]`;
  return Array.isArray(value) ? `a list of ${value.length}` : `a table of ${Object.keys(value).length} names`;
}
