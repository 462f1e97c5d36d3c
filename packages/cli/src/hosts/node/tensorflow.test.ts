import { backendSupport, BackendError, useBackend } from '@jembench/core';
import { runGolden } from '@jembench/testing';
import { conformanceItems } from '@jembench/testing/conformance';
import { beforeAll, describe, expect, it } from 'vitest';
import { currentInstallation } from '../../setup/installation.js';
import { howToSetUp, provideNodeBackends, usedDevice } from './tensorflow.js';

provideNodeBackends();
const found = currentInstallation();
// Nobody's first test downloads 275 MB.
if (found === null) console.warn(`skipped: native TensorFlow is not set up; ${howToSetUp} sets it up`);

describe('usedDevice', () => {
  it('refuses the processor where a GPU was asked for', () => {
    expect(() => usedDevice({ isUsingGpuDevice: () => false }, 'gpu')).toThrow(BackendError);
    expect(() => usedDevice({ isUsingGpuDevice: () => false }, 'gpu')).toThrow(
      'got the processor alone, wanted the GPU',
    );
    expect(usedDevice({ isUsingGpuDevice: () => true }, 'gpu')).toBe('GPU');
    expect(usedDevice({ isUsingGpuDevice: () => false }, 'cpu')).toBe('CPU');
  });
});

it.runIf(found === null)('is named with the way to get it where it is not set up', async () => {
  const support = (await backendSupport()).find(({ name }) => name === 'tensorflow');
  expect(support?.available).toBe(false);
  expect(support?.advice).toContain('jembench setup tensorflow');
});

describe.skipIf(found === null)('native TensorFlow', () => {
  beforeAll(async () => {
    await useBackend('tensorflow');
  }, 120_000);

  it('says what it is', async () => {
    const { description } = await useBackend('tensorflow');
    expect(description.build).toBe(`tensorflow-${found?.variant ?? ''}@${found?.version ?? ''}+tfjs-node@4.22.0`);
    expect(description.flags).toMatchObject({ TF_VERSION: found?.version, TF_DEVICES: found?.variant.toUpperCase() });
    expect(description.software).toBe(found?.variant === 'cpu');
  });

  it('passes the golden files that travel along', { timeout: 300_000 }, async () => {
    const failures: unknown[] = [];
    let passed = 0;
    for await (const result of runGolden({ source: 'embedded' })) {
      failures.push(...result.failures);
      passed += result.passed;
    }
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });

  it('passes the conformance suite of the ops', { timeout: 600_000 }, async () => {
    const failures: string[] = [];
    for (const { op, implementation, opCase, check, skipped } of conformanceItems('tensorflow')) {
      if (skipped !== undefined) continue;
      await check.run(opCase, implementation).catch((error: unknown) => {
        failures.push(`${op} ${implementation}: ${opCase.name}: ${check.name}: ${(error as Error).message}`);
      });
    }
    expect(failures).toEqual([]);
  });
});
