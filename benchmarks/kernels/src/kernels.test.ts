import { beforeAll, describe, expect, it } from 'vitest';
import { tf, useBackend, type Backend } from '@jembench/core';
import { agreement } from '@jembench/harness';
import { kernelBenchmarks } from './index.js';

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend('wasm');
});

describe('kernel benchmarks', () => {
  it('agree with their references at the smoke shapes, leave nothing behind, and reject a wrong result', async () => {
    const declarations = kernelBenchmarks(backend);
    expect(declarations.map(({ kernel, pass }) => `${kernel} ${pass}`)).toEqual([
      'vicreg-covariance forward',
      'vicreg-covariance forward-backward',
      'barlow-twins forward',
      'barlow-twins forward-backward',
      'sinkhorn forward',
    ]);
    for (const declaration of declarations) {
      for (const shape of declaration.shapes.smoke) {
        const inputs = declaration.inputs(shape);
        const reference = declaration.reference(inputs);
        const launches = new Map<string, number>();
        for (const implementation of declaration.implementations) {
          const tensors = tf.memory().numTensors;
          const body = implementation.open(inputs);
          const outputs = await body.outputs();
          const label = `${declaration.kernel} ${declaration.pass} ${implementation.name}`;
          expect(agreement(outputs, reference, declaration.tolerance(shape)).failure, label).toBeNull();
          const wrong = Object.fromEntries(
            Object.entries(outputs).map(([name, values]) => [name, Array.from(values, (value) => value * 1.001)]),
          );
          expect(agreement(wrong, reference, declaration.tolerance(shape)).failure, label).not.toBeNull();
          await body.step();
          const use = await body.use?.();
          launches.set(implementation.name, use?.launches ?? 0);
          expect(use?.allocatedBytes, label).toBeGreaterThan(0);
          body.close();
          expect(tf.memory().numTensors, label).toBe(tensors);
        }
        const ofThe = (prefix: string): number[] =>
          [...launches].filter(([name]) => name.startsWith(prefix)).map(([, count]) => count);
        expect(Math.min(...ofThe('fused'))).toBeGreaterThan(0);
        expect(Math.max(...ofThe('fused'))).toBeLessThan(Math.min(...ofThe('composed')));
      }
    }
  });

  it('agree where the diagonal outweighs the rest, and over many prototypes', async () => {
    const shapes = {
      'vicreg-covariance': { N: 256, D: 64 },
      'barlow-twins': { N: 256, D: 64 },
      sinkhorn: { N: 16, K: 30_000 },
    };
    for (const declaration of kernelBenchmarks(backend)) {
      const shape = shapes[declaration.kernel as keyof typeof shapes];
      const inputs = declaration.inputs(shape);
      const reference = declaration.reference(inputs);
      for (const implementation of declaration.implementations) {
        const body = implementation.open(inputs);
        const { failure } = agreement(await body.outputs(), reference, declaration.tolerance(shape));
        expect(failure, `${declaration.kernel} ${implementation.name}`).toBeNull();
        body.close();
      }
    }
  });

  it('cost more where they do more', () => {
    for (const { implementations, shapes } of kernelBenchmarks(backend)) {
      for (const { cost } of implementations) {
        const costs = shapes.full.map((shape) => cost(shape));
        for (const { flops, bytes } of costs) expect(Math.min(flops, bytes)).toBeGreaterThan(0);
        expect(costs.at(-1)?.flops).toBeGreaterThan(costs[0].flops);
      }
    }
  });

  it('skip the direct form where its matrices do not fit', () => {
    const [{ implementations }] = kernelBenchmarks(backend);
    expect(implementations[0].unavailable({ N: 256, D: 8192 })).toContain('D=8192: [D, D] arrays of 256 MiB each');
    expect(implementations[1].unavailable({ N: 256, D: 8192 })).toBeNull();
  });
});
