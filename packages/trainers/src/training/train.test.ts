import { tf, useBackend, type Dataset } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { methods } from '../methods/index.js';
import type { TrainConfig } from './config.js';
import { train, type StepRecord, type TrainedRun, type TrainHooks } from './train.js';

/** Two kinds of tiny images, told apart by their stripes. */
function stripes(count: number, size = 8, channels = 3): Dataset {
  const split = (n: number) => {
    const images = new Uint8Array(n * size * size * channels);
    const labels = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      labels[i] = i % 2;
      for (let p = 0; p < size * size; p++) {
        const along = i % 2 === 0 ? p % size : Math.floor(p / size);
        for (let c = 0; c < channels; c++)
          images[(i * size * size + p) * channels + c] = ((along + i) % 4) * 60 + 10 * c;
      }
    }
    return { images, labels, count: n };
  };
  return {
    name: 'stripes',
    checksum: `stripes-${count}-${size}-${channels}`,
    classes: ['across', 'down'],
    height: size,
    width: size,
    channels,
    train: split(count),
    test: split(count),
    notes: [],
  };
}

/** Small enough for seconds; every option a method has in common with another keeps its default. */
const small: Record<keyof typeof methods, Record<string, number>> = {
  vicreg: { hidden: 16, dim: 16 },
  'barlow-twins': { hidden: 16, dim: 16 },
  simclr: { hidden: 16, dim: 16 },
  simsiam: { hidden: 16, dim: 16, bottleneck: 4 },
  byol: { hidden: 16, dim: 16 },
  swav: {
    hidden: 16,
    dim: 16,
    prototypes: 4,
    queue: 8,
    queueFromEpoch: 0,
    frozenEpochs: 1,
    localCrops: 1,
    localSize: 4,
  },
  dino: { hidden: 16, bottleneck: 8, outputs: 8, frozenEpochs: 1, localCrops: 1, localSize: 4 },
  data2vec: {},
  supervised: {},
  random: { hidden: 16, dim: 16 },
};

const names = Object.keys(methods) as (keyof typeof methods)[];
const trainedNames = names.filter((name) => name !== 'random');

function tiny(method: keyof typeof methods, rest: Partial<TrainConfig> = {}): TrainConfig {
  return { method, options: { ...small[method], warmupSteps: 1 }, epochs: 3, batch: 4, seed: 5, ...rest };
}

async function finish(config: TrainConfig, dataset: Dataset, hooks?: TrainHooks): Promise<[StepRecord[], TrainedRun]> {
  const records: StepRecord[] = [];
  const running = train(config, dataset, hooks);
  for (;;) {
    const { value, done } = await running.next();
    if (done === true) return [records, value];
    records.push(value);
  }
}

beforeAll(async () => {
  await useBackend('wasm');
});

describe('train', () => {
  it.each(trainedNames)('%s: finite losses, the same numbers again, and nothing left behind', async (name) => {
    const dataset = stripes(8);
    const before = tf.memory().numTensors;
    const [records, run] = await finish(tiny(name), dataset);
    expect(records.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { loss, gradientNorm } of records) {
      expect(Number.isFinite(loss)).toBe(true);
      expect(gradientNorm).toBeGreaterThan(0);
    }
    expect(run.diverged).toBeUndefined();
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const [again, other] = await finish(tiny(name), dataset);
    other.dispose();
    expect(again.map(({ loss }) => loss)).toEqual(records.map(({ loss }) => loss));
    expect(other.weightsHash).toBe(run.weightsHash);
  });
});
