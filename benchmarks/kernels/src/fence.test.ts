import { tf, useBackend } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { checkedFence } from './fence.js';

const now = (): number => performance.now();

describe('checkedFence', () => {
  it.each(['wasm', 'cpu'] as const)(
    'finds that twice the work takes twice as long on %s, and leaves nothing',
    async (name) => {
      const backend = await useBackend(name);
      const before = tf.memory().numTensors;
      expect(await checkedFence(backend, now)).toBeGreaterThan(1.5);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('refuses a device whose work is done, or not even begun, when the fence is called', async () => {
    const wasm = await useBackend('wasm');
    await expect(checkedFence({ ...wasm, name: 'webgl' }, now)).rejects.toThrow('wanted less than half');
  });

  it('refuses a clock that does not see the work', async () => {
    const backend = await useBackend('wasm');
    let ticks = 0;
    await expect(checkedFence(backend, () => (ticks += 30))).rejects.toThrow(
      /^wasm: twice the work of 30.0 ms took 1.00 times/,
    );
  });
});
