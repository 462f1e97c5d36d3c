import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../index.js';
import { batchCases } from '../testing/batch-cases.js';
import { caseName, runGuarded } from '../testing/kernel-case.js';

describe.each(['relaxed', 'simd'] as const)('kernels of batches, %s', (build) => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    await registerTrainingKernels({ build });
  });

  it.each(batchCases.map((testCase) => [caseName(testCase), testCase] as const))(
    '%s: writes its results and nothing else, the same at any address',
    (_, testCase) => {
      const run = runGuarded(testCase);
      expect({ damaged: run.damaged, blocks: run.leakedBlocks, tensors: run.leakedTensors }).toEqual({
        damaged: [],
        blocks: 0,
        tensors: 0,
      });
      expect(run.outputs.some(({ values }) => values.some(Number.isNaN))).toBe(false);
      expect(runGuarded(testCase, 4).outputs).toEqual(run.outputs);
    },
  );
});
