import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';
import { runCase, type KernelCase, type Output } from '../testing/kernel-case.js';
import { batchCases } from '../testing/batch-cases.js';
import { kernelCases } from '../testing/kernel-cases.js';
import { productCases } from '../testing/product-cases.js';

/** A 32-bit FNV-1a hash of shapes and values; every NaN counts as the same, because engines choose its payload. */
function hash(outputs: Output[], start: number): number {
  let state = start;
  const add = (word: number): void => {
    for (let shift = 0; shift < 32; shift += 8) state = Math.imul(state ^ ((word >>> shift) & 255), 16777619) >>> 0;
  };
  for (const { shape, values } of outputs) {
    shape.forEach(add);
    new Uint32Array(values.buffer, values.byteOffset, values.length).forEach((word, i) => {
      add(Number.isNaN(values[i]) ? 0x7fc00000 : word);
    });
  }
  return state;
}

function lines(cases: readonly KernelCase[]): string {
  const hashes = new Map<string, number>();
  for (const testCase of cases)
    hashes.set(testCase.kernel, hash(runCase(testCase), hashes.get(testCase.kernel) ?? 2166136261));
  return [...hashes].map(([kernel, value]) => `${kernel} ${value.toString(16).padStart(8, '0')}\n`).join('');
}

/**
 * The bits of all results, pinned: they are the same in every engine (Node 20, 22, 24, Chromium) and on every machine. A change of a kernel that
 * changes them changes what every training run computes: raise the version of the package with it (`vitest -u` writes the files).
 */
describe.each(['relaxed', 'simd'] as const)('the bits of the %s build', (build) => {
  it('are the pinned ones', async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
    await expect(lines([...productCases, ...kernelCases, ...batchCases])).toMatchFileSnapshot(
      `../testing/bits.${build}.txt`,
    );
  });
});
