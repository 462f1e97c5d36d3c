import { emaWeights, InputError, tf, type NamedTensorMap } from '@jembench/core';
import type { GoldenTopic } from '../topic.js';
import type { GoldenArray } from '../values.js';

/** Three roundings an element and update, the largest of them of the whole weight. */
export const opsEmaTopic: GoldenTopic = {
  name: 'ops_ema',
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const op = reader.param<string>('op');
    if (op !== 'ema') throw new InputError(`ops_ema: op, got "${op}", wanted ema`);
    const tau = reader.param<number>('tau');
    let teacher = weights(reader.inputTable('target'));
    const after: NamedTensorMap[] = [];
    for (const online of reader.inputTables('online')) {
      teacher = emaWeights(teacher, weights(online), tau);
      after.push(teacher);
    }
    reader.expectTables('target_after', after);
  },
};

function weights(table: Readonly<Record<string, GoldenArray>>): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(table).map(([name, { data, shape }]) => [name, tf.tensor(Float32Array.from(data), [...shape])]),
  );
}
