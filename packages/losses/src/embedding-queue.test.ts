import { InputError, ShapeError, tf, useBackend } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyQueue, pushed, queueIsFull } from './embedding-queue.js';
import { normal } from './testing/support.js';

describe('the queue of embeddings', () => {
  beforeAll(() => useBackend('wasm'));

  const numbers = (from: number, rows: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows }, (_, i) => from + i),
      [rows, 1],
    );

  it('holds the newest rows in front and forgets the oldest', () => {
    const first = pushed(emptyQueue(5), numbers(0, 2));
    const second = pushed(first, numbers(10, 2));
    const third = pushed(second, numbers(20, 2));
    expect(Array.from(third.embeddings?.dataSync() ?? [])).toEqual([20, 21, 10, 11, 0]);
    // Nothing was changed behind the earlier values.
    expect(Array.from(second.embeddings?.dataSync() ?? [])).toEqual([10, 11, 0, 1]);
    expect([emptyQueue(5), first, second, third].map(queueIsFull)).toEqual([false, false, false, true]);
  });

  it('takes a batch larger than itself', () => {
    const queue = pushed(emptyQueue(2), numbers(0, 5));
    expect(Array.from(queue.embeddings?.dataSync() ?? [])).toEqual([0, 1]);
    expect(queueIsFull(queue)).toBe(true);
  });

  it('copies what it takes: the step may free its own rows', () => {
    const rows = numbers(0, 2);
    const queue = pushed(emptyQueue(4), rows);
    rows.dispose();
    expect(Array.from(queue.embeddings?.dataSync() ?? [])).toEqual([0, 1]);
  });

  it('makes one tensor a push', () => {
    const full = pushed(emptyQueue(2), numbers(0, 2));
    const rows = numbers(5, 2);
    const before = tf.memory().numTensors;
    pushed(full, rows).embeddings?.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => emptyQueue(0)).toThrow(InputError);
    expect(() => emptyQueue(2.5)).toThrow(/capacity, got 2.5/);
    const queue = pushed(emptyQueue(4), normal('narrow', 2, 3));
    expect(() => pushed(queue, normal('wide', 2, 4))).toThrow(
      new ShapeError('pushed: rows has D=4, wanted D=3 as in the queue'),
    );
  });
});
