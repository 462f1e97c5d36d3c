import { useBackend } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGoldenFiles } from './files.js';
import type { GoldenCase } from './format.js';
import { runGoldenCase } from './run.js';
import { topics } from './topics.js';
import { isGoldenArray, type GoldenValue } from './values.js';

const factor = 1.002;

/** Fields that are read but are no result of ours, or of which 0.2 % is less than float32 can hold. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // What another solver reached; ours is compared with its own optimum.
  eval_linear_probe: ['outputs.sklearn_test_accuracy'],
  // Where a schedule is asked for its values.
  optim_schedules: ['outputs.epochs'],
  // At epsilon 10000 a code is within 1e-5 of 1 / K, in float32 itself a hundredth of that.
  ops_sinkhorn: ['outputs.max_abs_diff_from_uniform'],
};

/** Every comparison of every topic has to notice an error of 0.2 %: a tolerance nobody can fail is no test. */
describe('golden values that are 0.2 % off', () => {
  beforeAll(() => useBackend('wasm'));

  const known = new Map(topics.map((topic) => [topic.name, topic]));
  for (const file of readGoldenFiles('embedded')) {
    it(`fail in every field of ${file.topic}`, async () => {
      const topic = known.get(file.topic);
      if (topic === undefined) throw new Error(`no topic of the table runs ${file.where}`);
      const unnoticed = new Set<string>();
      for (const goldenCase of file.cases) {
        const { failures } = await runGoldenCase(topic, moved(goldenCase));
        const noticed = (field: string): boolean =>
          failures.some(
            (failure) =>
              failure.field === field || failure.field.startsWith(`${field}[`) || failure.field.startsWith(`${field}.`),
          );
        for (const field of movedFields(goldenCase)) if (!noticed(field)) unnoticed.add(field);
      }
      expect([...unnoticed]).toEqual(exceptions[file.topic] ?? []);
    });
  }
});

function moved(goldenCase: GoldenCase): GoldenCase {
  return { ...goldenCase, outputs: movedTable(goldenCase.outputs), grads: movedTable(goldenCase.grads) };
}

function movedTable(table: Readonly<Record<string, GoldenValue>>): Record<string, GoldenValue> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, movedValue(value)]));
}

function movedValue(value: GoldenValue): GoldenValue {
  if (typeof value === 'number') return value * factor;
  if (isGoldenArray(value)) {
    return value.dtype === 'int32' ? value : { ...value, data: Float64Array.from(value.data, (x) => x * factor) };
  }
  return Array.isArray(value)
    ? (value as readonly GoldenValue[]).map(movedValue)
    : movedTable(value as Readonly<Record<string, GoldenValue>>);
}

/** The fields that `moved` changes: not the integers, not the zeros. */
function movedFields(goldenCase: GoldenCase): string[] {
  return (['outputs', 'grads'] as const).flatMap((section) =>
    Object.entries(goldenCase[section])
      .filter(([, value]) => changes(value))
      .map(([name]) => `${section}.${name}`),
  );
}

function changes(value: GoldenValue): boolean {
  if (typeof value === 'number') return value !== 0;
  if (isGoldenArray(value)) return value.dtype !== 'int32' && value.data.some((x) => x !== 0);
  return Object.values(value).some(changes);
}
