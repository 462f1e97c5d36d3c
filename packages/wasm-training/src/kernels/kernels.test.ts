import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';
import {
  caseName,
  errorInRoundings,
  runCase,
  runGuarded,
  scaleOf,
  type KernelCase,
  type Output,
} from '../testing/kernel-case.js';
import { kernelCases } from '../testing/kernel-cases.js';
import { productCases } from '../testing/product-cases.js';

const table: readonly KernelCase[] = [...productCases, ...kernelCases];

interface Expected {
  readonly outputs: Output[];
  readonly scales: Output[];
}
const expected = new Map<KernelCase, Expected>();

beforeAll(async () => {
  await tf.setBackend('cpu');
  for (const testCase of table) {
    const outputs = runCase(testCase);
    expected.set(testCase, { outputs, scales: scaleOf(testCase, outputs) });
  }
});

describe.each(['relaxed', 'simd'] as const)('the operation table, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });
  afterAll(() => tf.setBackend('cpu'));

  it.each(table.map((testCase) => [caseName(testCase), testCase] as const))('%s', (_, testCase) => {
    const want = expected.get(testCase) as Expected;
    const run = runGuarded(testCase);
    run.outputs.forEach((output, i) => {
      expect(output.shape).toEqual(want.outputs[i].shape);
      expect(errorInRoundings(output, want.outputs[i], want.scales[i])).toBeLessThanOrEqual(testCase.roundings);
    });
    expect({ damaged: run.damaged, blocks: run.leakedBlocks, tensors: run.leakedTensors }).toEqual({
      damaged: [],
      blocks: 0,
      tensors: 0,
    });
    // The same bits again, at other addresses.
    expect(runGuarded(testCase, 4).outputs).toEqual(run.outputs);
  });
});
