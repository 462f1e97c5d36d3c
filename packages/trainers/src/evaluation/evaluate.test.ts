import { tf, useBackend } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes } from '../fixtures/stripes.js';
import { finish, methodNames, tiny } from '../fixtures/tiny.js';
import type { Method } from '../methods/define.js';
import { methods } from '../methods/index.js';
import { evaluate } from './evaluate.js';
import { featuresOf } from './features.js';

beforeAll(async () => {
  await useBackend('wasm');
});

describe('evaluate', () => {
  it.each(methodNames)('%s: every figure of a row, and nothing left behind', async (name) => {
    const dataset = stripes(40);
    const before = tf.memory().numTensors;
    const [, run] = await finish(tiny(name, { epochs: 1 }), dataset);
    const row = await evaluate(run, dataset);
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
    for (const key of ['knn', 'linear', 'knnProjector', 'linearProjector'] as const) {
      expect(row[key]).toBeGreaterThanOrEqual(0);
      expect(row.accuracies[key]?.count).toBe(40);
      expect(row.accuracies[key]?.percent).toBe(row[key]);
    }
    expect(['healthy', 'type-1', 'type-2']).toContain(row.verdict);
    expect(row.rankCap).toBeLessThanOrEqual(39);
    expect(row.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(row.clusters === null).toBe(name !== 'swav' && name !== 'dino');
  });

  it('finds what is plain to see: stripes, told apart by a trained encoder', async () => {
    const dataset = stripes(40);
    const [, run] = await finish(
      tiny('supervised', { epochs: 20, options: { learningRate: 0.01, cropArea: 0.9 } }),
      dataset,
    );
    const row = await evaluate(run, dataset);
    run.dispose();
    expect(row.knn).toBe(100);
    expect(row.linear).toBe(100);
    expect(row.knnProjector).toBe(100);
  });

  it('leaves out what it is asked to', async () => {
    const dataset = stripes(8);
    const [, run] = await finish(tiny('random', { encoder: 'pixels' }), dataset);
    const phases: string[] = [];
    const row = await evaluate(run, dataset, {
      linear: false,
      projector: false,
      onPhase: (phase) => phases.push(phase),
    });
    run.dispose();
    expect(phases).toEqual(['features', 'diagnosis', 'kNN probe']);
    expect(row.linear).toBeNull();
    expect(row.knnProjector).toBeNull();
    expect(row.knn).not.toBeNull();
  });

  it('calls a run diverged that ended so, whatever its last weights say', async () => {
    const dataset = stripes(8);
    const { loss } = methods.vicreg;
    const definition: Method = {
      ...methods.vicreg,
      loss: loss && ((pass, o) => ({ total: tf.mul(loss(pass, o).total, NaN) })),
    };
    const [, run] = await finish({ ...tiny('vicreg'), method: { name: 'broken', definition } }, dataset);
    const row = await evaluate(run, dataset);
    run.dispose();
    expect(row.verdict).toBe('diverged');
    expect(row.verdictReasons[0]).toBe('the loss of step 0 is NaN');
  });

  it('has no probes for features that are not finite', async () => {
    const dataset = stripes(8);
    const [, run] = await finish(tiny('random'), dataset);
    tf.tidy(() => {
      const [first] = run.networks.weights;
      first.variable.assign(tf.fill(first.variable.shape, NaN));
    });
    const row = await evaluate(run, dataset);
    run.dispose();
    expect(row).toMatchObject({ verdict: 'diverged', knn: null, linear: null, effectiveRank: null });
  });
});

describe('featuresOf', () => {
  it('does not depend on the batches that images come in', async () => {
    const dataset = stripes(300);
    const [, run] = await finish(tiny('random'), dataset);
    const { backbone } = await featuresOf(run.networks, dataset, dataset.train, false);
    const last = await featuresOf(
      run.networks,
      dataset,
      { ...dataset.train, images: dataset.train.images.slice(299 * 192), count: 1 },
      false,
    );
    run.dispose();
    expect(backbone.rows).toBe(300);
    // Kernels are chosen by size (a batch of one takes another convolution), so the last bits may differ: some roundings of float32.
    const wanted = backbone.data.subarray(299 * backbone.columns);
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    last.backbone.data.forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(1e-6 * largest);
    });
  });
});
