import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';

const buffer = new DataView(new ArrayBuffer(4));

/** The distance between neighbouring float32 numbers at `value`. */
function ulp(value: number): number {
  buffer.setFloat32(0, Math.abs(value));
  const bits = buffer.getUint32(0);
  buffer.setUint32(0, Math.max(bits, 1) + 1);
  const above = buffer.getFloat32(0);
  buffer.setUint32(0, Math.max(bits, 1));
  return above - buffer.getFloat32(0);
}

/** Every 997th float32 between two numbers of the same sign, the first below the second in size. */
function everyFloat(from: number, to: number): Float32Array {
  buffer.setFloat32(0, from);
  const first = buffer.getUint32(0);
  buffer.setFloat32(0, to);
  const last = buffer.getUint32(0);
  const found: number[] = [];
  for (let bits = first; bits <= last; bits += 997) {
    buffer.setUint32(0, bits);
    found.push(buffer.getFloat32(0));
  }
  return Float32Array.from(found);
}

function worstUlp(f: (x: tf.Tensor) => tf.Tensor, exact: (x: number) => number, from: number, to: number): number {
  const x = everyFloat(from, to);
  return tf.tidy(() => {
    const y = f(tf.tensor1d(x)).dataSync();
    return x.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(y[i] - exact(value)) / ulp(Math.fround(exact(value)))),
      0,
    );
  });
}

describe.each(['relaxed', 'simd'] as const)('elementary functions, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  it('exp is within 2 ulp', () => {
    expect(worstUlp(tf.exp, Math.exp, 1e-3, 88.7)).toBeLessThan(2);
    expect(worstUlp(tf.exp, Math.exp, -1e-3, -87)).toBeLessThan(2);
    // Subnormal results.
    expect(worstUlp(tf.exp, Math.exp, -87, -104)).toBeLessThan(2);
  });

  it('log is within 2 ulp', () => {
    expect(worstUlp(tf.log, Math.log, 1e-38, 3e38)).toBeLessThan(2);
    expect(worstUlp(tf.log, Math.log, 1e-44, 1e-38)).toBeLessThan(2);
  });

  it('tanh is within 3 ulp', () => {
    expect(worstUlp(tf.tanh, Math.tanh, 1e-6, 12)).toBeLessThan(3);
    expect(worstUlp(tf.tanh, Math.tanh, -1e-6, -12)).toBeLessThan(3);
  });

  it('rsqrt is within 2 ulp', () => {
    expect(worstUlp(tf.rsqrt, (x) => 1 / Math.sqrt(x), 1e-30, 1e30)).toBeLessThan(2);
  });

  it('erf takes its values from a table', () => {
    // Abramowitz and Stegun, table 7.1.
    const table: [number, number][] = [
      [0.1, 0.112462916018285],
      [0.5, 0.520499877813047],
      [0.75, 0.711155633653515],
      [1, 0.842700792949715],
      [1.5, 0.966105146475311],
      [2, 0.995322265018953],
      [3, 0.999977909503001],
    ];
    tf.tidy(() => {
      const y = tf.erf(tf.tensor1d(table.map(([x]) => x))).dataSync();
      table.forEach(([, want], i) => {
        expect(Math.abs(y[i] - want) / ulp(want)).toBeLessThan(3);
      });
    });
  });
});
