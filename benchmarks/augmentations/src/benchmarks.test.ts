import { agreement, type KernelRow } from '@jembench/harness';
import { describe, expect, it } from 'vitest';
import { augmentationBenchmarks, augmentationRow, augmentationTable } from './index.js';

describe('augmentation benchmarks', () => {
  it('give the bits of their reference at the smoke sizes, and none that differ by a hair', async () => {
    for (const declaration of augmentationBenchmarks()) {
      for (const shape of declaration.shapes.smoke) {
        const inputs = declaration.inputs(shape);
        const reference = declaration.reference(inputs);
        for (const implementation of declaration.implementations) {
          const label = `${declaration.kernel} ${implementation.name}`;
          expect(implementation.unavailable(shape), label).toBeNull();
          const body = implementation.open(inputs);
          await body.step();
          const outputs = await body.outputs();
          expect(agreement(outputs, reference, 0).failure, label).toBeNull();
          const wrong = { view: Array.from(outputs.view, (value) => value * (1 + 1e-6)) };
          expect(agreement(wrong, reference, 0).failure, label).not.toBeNull();
          body.close();
        }
      }
    }
  });
});

const timed: KernelRow = {
  schema: 1,
  host: 'node',
  backend: 'none',
  build: 'test',
  threads: 1,
  fingerprint: {
    ...{ cpu: 'Test CPU', cores: 2, os: 'linux 1', arch: 'x64', runtime: 'node 20', backend: 'none', build: 'test' },
    ...{ adapter: null, driver: null, software: false, flags: {}, isolated: null },
  },
  command: 'jembench bench augmentations',
  commit: 'abc',
  status: 'ok',
  kind: 'kernel',
  kernel: 'simclr',
  pass: 'forward',
  implementation: 'fused',
  shape: { N: 128, H: 32, W: 32, C: 3 },
  ...{ ms: 2, low: 1.6, high: 2.5, gflops: 1, gbps: 1, shareOfCeiling: null, bytes: 10 },
};

describe('rows', () => {
  it('tell images a second, and the interval the right way round', () => {
    const row = augmentationRow(timed);
    expect(row).toMatchObject({ kind: 'augmentation', augmentation: 'simclr', imagesPerSecond: 64000 });
    expect([row.low, row.high]).toEqual([51200, 80000]);
    expect(augmentationTable([row]).rows).toEqual([
      ['simclr', '128×32×32×3', 'fused', '64000', '51200-80000', '15.6', 'ok'],
    ]);
  });

  it('say why there is none', () => {
    const unmeasured = { ms: null, low: null, high: null, gflops: null, gbps: null, bytes: null };
    const row = augmentationRow({ ...timed, ...unmeasured, status: 'skipped', reason: 'no WebAssembly' });
    expect(augmentationTable([row]).rows[0].slice(3)).toEqual(['-', '-', '-', 'skipped: no WebAssembly']);
  });
});
