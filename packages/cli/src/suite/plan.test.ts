import { describe, expect, it } from 'vitest';
import { runLabel } from '../jobs/job.js';
import { expectedCost, methodNames, plannedRuns, settingOf, shardedRuns, type SuiteRequest } from './plan.js';

const request: SuiteRequest = {
  hosts: ['node'],
  methods: ['vicreg', 'random'],
  controls: false,
  dataset: { name: 'shapes', dataDir: null, train: 64, test: 32 },
  seeds: [1, 2],
  epochs: 3,
  batch: 16,
  encoder: null,
  backend: 'wasm',
  settings: [],
};

describe('plannedRuns', () => {
  it('goes method by method and seed by seed; what is not trained has no epochs', () => {
    expect(
      plannedRuns(request).map(({ method, seed, epochs, encoder }) => ({ method, seed, epochs, encoder })),
    ).toEqual([
      { method: 'vicreg', seed: 1, epochs: 3, encoder: 'convnet' },
      { method: 'vicreg', seed: 2, epochs: 3, encoder: 'convnet' },
      { method: 'random', seed: 1, epochs: 0, encoder: 'convnet' },
      { method: 'random', seed: 2, epochs: 0, encoder: 'convnet' },
    ]);
  });

  it('draws a random encoder of every kind that a method uses', () => {
    const runs = plannedRuns({ ...request, methods: ['vicreg', 'data2vec', 'random'], seeds: [1] });
    expect(runs.map(runLabel)).toEqual([
      'vicreg seed 1',
      'data2vec seed 1',
      'random convnet seed 1',
      'random vit seed 1',
    ]);
    expect(plannedRuns({ ...request, methods: ['random'], encoder: 'vit', seeds: [1] }).map(runLabel)).toEqual([
      'random vit seed 1',
    ]);
  });

  it('takes the pixels once, whatever the seeds and the encoder', () => {
    expect(plannedRuns({ ...request, methods: ['raw-pixels'], encoder: 'resnet18' })).toMatchObject([
      { method: 'raw-pixels', encoder: 'pixels', seed: 1, epochs: 0 },
    ]);
  });

  it('adds the three controls, each with the options that break it', () => {
    const runs = plannedRuns({ ...request, methods: ['vicreg'], seeds: [1], controls: true });
    expect(runs.slice(1).map(({ method, control, options }) => ({ method, control, options }))).toEqual([
      { method: 'vicreg', control: 'no variance term', options: { variance: 0 } },
      { method: 'vicreg', control: 'no covariance term', options: { covariance: 0 } },
      { method: 'simsiam', control: 'no stop-gradient', options: { stopGradient: false, outputNorm: 'none' } },
    ]);
  });

  it('gives settings to the methods that have them, or to the one that is named', () => {
    const runs = (...typed: string[]) =>
      plannedRuns({ ...request, methods: ['vicreg', 'simclr'], seeds: [1], settings: typed.map(settingOf) }).map(
        (run) => run.options,
      );
    expect(runs('temperature=0.3')).toEqual([{}, { temperature: '0.3' }]);
    expect(runs('dim=64')).toEqual([{ dim: '64' }, { dim: '64' }]);
    expect(runs('vicreg.dim=64')).toEqual([{ dim: '64' }, {}]);
    expect(() => runs('temprature=1')).toThrow('did you mean temperature?');
    expect(() => runs('byol.dim=1')).toThrow('got one that does not run here');
  });

  it('knows every method by default', () => {
    expect(methodNames).toEqual(expect.arrayContaining(['vicreg', 'data2vec', 'supervised', 'random', 'raw-pixels']));
    expect(plannedRuns({ ...request, methods: methodNames, seeds: [1] })).toHaveLength(methodNames.length + 1);
  });
});

describe('shardedRuns', () => {
  it('shares the runs out, each to one shard', () => {
    const runs = plannedRuns({ ...request, methods: methodNames });
    const shards = [1, 2, 3].map((index) => shardedRuns(runs, { index, count: 3 }));
    expect(new Set(shards.flat())).toEqual(new Set(runs));
    expect(shards.flat()).toHaveLength(runs.length);
  });
});

describe('expectedCost', () => {
  it('puts the transformer before the small network, and that before what is not trained', () => {
    const cost = (method: string): number => expectedCost(plannedRuns({ ...request, methods: [method] })[0]);
    expect(cost('data2vec')).toBeGreaterThan(cost('vicreg'));
    expect(cost('vicreg')).toBeGreaterThan(cost('supervised'));
    expect(cost('supervised')).toBeGreaterThan(cost('random'));
  });
});
