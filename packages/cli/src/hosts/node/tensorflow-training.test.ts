import { describe, expect, it } from 'vitest';
import { differences, shortTraining, trainedMethods } from '../../fixtures/short-training.js';
import { currentInstallation } from '../../setup/installation.js';
import { howToSetUp, provideNodeBackends } from './tensorflow.js';

provideNodeBackends();
const found = currentInstallation();
if (found === null) console.warn(`skipped: training on native TensorFlow, which is not set up; ${howToSetUp}`);

describe.skipIf(found === null)('native TensorFlow', () => {
  it.each(trainedMethods)('trains %s as wasm does, and leaves nothing behind', { timeout: 120_000 }, async (method) => {
    const reference = await shortTraining('wasm', method);
    const native = await shortTraining('tensorflow', method);
    expect(native.losses.every(Number.isFinite)).toBe(true);
    expect(differences(reference, native)).toEqual([]);
    expect(native.left).toBe(0);
  });
});
