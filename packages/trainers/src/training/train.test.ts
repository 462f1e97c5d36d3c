import { InputError, tf, useBackend } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes } from '../fixtures/stripes.js';
import { finish, small, tiny, trainedMethods } from '../fixtures/tiny.js';
import type { Method } from '../methods/define.js';
import { methods, type MethodName } from '../methods/index.js';
import type { TrainConfig } from './config.js';
import { train } from './train.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** Every method on its own encoder, and hidden patches on one of convolutions. */
const runs: [string, TrainConfig][] = [
  ...trainedMethods.map((name): [string, TrainConfig] => [name, tiny(name)]),
  ['data2vec on convnet', tiny('data2vec', { encoder: 'convnet' })],
];

describe('train', () => {
  it.each(runs)('%s: finite losses, the same numbers again, and nothing left behind', async (_name, config) => {
    const dataset = stripes(8);
    const before = tf.memory().numTensors;
    const [records, run] = await finish(config, dataset);
    expect(records.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { loss, gradientNorm } of records) {
      expect(Number.isFinite(loss)).toBe(true);
      expect(gradientNorm).toBeGreaterThan(0);
    }
    expect(run.diverged).toBeUndefined();
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const [again, other] = await finish(config, dataset);
    other.dispose();
    expect(again.map(({ loss }) => loss)).toEqual(records.map(({ loss }) => loss));
    expect(other.weightsHash).toBe(run.weightsHash);
  });

  it.each(runs)('%s: no tensor is left by a step', async (_name, config) => {
    const counts: number[] = [];
    for await (const { step } of train(config, stripes(8))) if (step >= 3) counts.push(tf.memory().numTensors);
    expect(new Set(counts).size).toBe(1);
  });

  it.each(runs)('%s: interrupted after any step and continued, it ends in the same bits', async (_name, config) => {
    const dataset = stripes(8);
    const states = new Map<number, Uint8Array>();
    const save = (bytes: Uint8Array, step: number) => void states.set(step, bytes);
    const [records, whole] = await finish(config, dataset, { checkpoint: { everySteps: 1, save } });
    const last = await whole.checkpoint();
    whole.dispose();
    expect([...states.keys()]).toEqual([1, 2, 3, 4, 5]);
    for (const [step, resume] of states) {
      const [rest, run] = await finish(config, dataset, { resume });
      expect(rest.map(({ loss }) => loss)).toEqual(records.slice(step).map(({ loss }) => loss));
      expect(run.weightsHash).toBe(whole.weightsHash);
      expect(sameBytes(await run.checkpoint(), last)).toBe(true);
      run.dispose();
    }
  });

  it.each(trainedMethods)('%s: another seed is another run', async (name) => {
    const [, one] = await finish(tiny(name, { epochs: 1 }), stripes(8));
    const [, two] = await finish(tiny(name, { epochs: 1, seed: 6 }), stripes(8));
    one.dispose();
    two.dispose();
    expect(two.weightsHash).not.toBe(one.weightsHash);
  });

  it('trains a network whose rate is constant at that rate, and all others at that of the recipe', async () => {
    const [, start] = await finish(
      tiny('simsiam', { epochs: 1, options: { ...small.simsiam, learningRate: 0 } }),
      stripes(8),
    );
    const definition: Method = { ...methods.simsiam, constantRates: () => ({ predictor: 0 }) };
    const config = { ...tiny('simsiam'), method: { name: 'simsiam', definition } };
    const [, end] = await finish(config, stripes(8));
    const moved = end.networks.weights.filter(({ name, variable }) => {
      const before = start.networks.weights.find((other) => other.name === name)?.variable.dataSync() ?? [];
      return variable.dataSync().some((value, i) => value !== before[i]);
    });
    const networks = new Set(moved.filter(({ trainable }) => trainable).map(({ name }) => name.split('/')[0]));
    expect([...networks]).toEqual(['backbone', 'projector']);
    start.dispose();
    end.dispose();
  });

  it('frees everything when its consumer leaves', async () => {
    const before = tf.memory().numTensors;
    for await (const { step } of train(tiny('byol'), stripes(8))) if (step === 2) break;
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes seed 0 for a seed like any other', async () => {
    const hash = async (seed: number) => {
      const [, run] = await finish({ ...tiny('random'), seed }, stripes(8));
      run.dispose();
      return run.weightsHash;
    };
    expect(await hash(0)).toBe(await hash(0));
    expect(await hash(0)).not.toBe(await hash(1));
  });

  it.each([NaN, Infinity])('ends a run whose loss is %s, before it reaches the weights', async (value) => {
    const before = tf.memory().numTensors;
    const { loss } = methods.vicreg;
    const definition: Method = {
      ...methods.vicreg,
      loss: loss && ((pass, o) => ({ total: tf.mul(loss(pass, o).total, pass.moment.step === 2 ? value : 1) })),
    };
    const [records, run] = await finish({ ...tiny('vicreg'), method: { name: 'broken', definition } }, stripes(8));
    expect(records).toHaveLength(3);
    expect(run.diverged).toEqual({ step: 2, reason: `the loss of step 2 is ${value}` });
    expect(run.steps).toBe(2);
    for (const { variable } of run.networks.weights) {
      expect(variable.dataSync().every((weight) => Number.isFinite(weight))).toBe(true);
    }
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ends a run whose gradient is not finite though its loss is', async () => {
    const { loss } = methods.vicreg;
    const rootOfZero: Method['loss'] = (pass, o) => ({
      total: tf.add(loss?.(pass, o).total ?? 0, tf.sqrt(tf.sum(tf.mul(pass.online[0].projector, 0)))),
    });
    const definition: Method = { ...methods.vicreg, loss: rootOfZero };
    const [records, run] = await finish({ ...tiny('vicreg'), method: { name: 'broken', definition } }, stripes(8));
    run.dispose();
    expect(records).toHaveLength(1);
    expect(run.diverged?.reason).toMatch(/^the gradient norm of step 0 is/);
  });

  it('has no step for a method without a loss', async () => {
    const [records, run] = await finish(tiny('random'), stripes(8));
    run.dispose();
    expect(records).toEqual([]);
    expect(run.totalSteps).toBe(0);
  });

  it('trains on gray images and on other sizes', async () => {
    for (const name of ['vicreg', 'data2vec'] as const) {
      const [records, run] = await finish(tiny(name, { epochs: 1 }), stripes(8, 12, 1));
      run.dispose();
      expect(records.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    }
  });

  it('measures each step', async () => {
    const [records, run] = await finish(tiny('vicreg'), stripes(8));
    run.dispose();
    for (const { ms } of records) expect(Object.values(ms).every((part) => part >= 0)).toBe(true);
    expect(run.speed.msPerStep).toBeGreaterThan(0);
    expect(run.speed.imagesPerSecond).toBeGreaterThan(0);
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown method', { method: 'vicregg' }, /method, got "vicregg", wanted one of .*; did you mean "vicreg"\?/],
    ['an unknown encoder', { encoder: 'resnet' }, /encoder, got "resnet", .*; did you mean "resnet18"\?/],
    ['an unknown option', { options: { hiden: 3 } }, /method vicreg: option, got "hiden", .*; did you mean "hidden"\?/],
    ['a value out of range', { options: { dim: 1 } }, /option dim, got 1, wanted an integer from 2 to 8192/],
    [
      'a value of another kind',
      { options: { variance: 'much' } },
      /option variance, got "much", wanted a number of at least 0/,
    ],
    ['a batch of one', { batch: 1 }, /batch, got 1, wanted an integer of at least 2/],
    ['more images a batch than there are', { batch: 9 }, /8 training images, wanted at least one batch of 9/],
    ['a seed below 0', { seed: -1 }, /seed, got -1/],
    [
      'patches of an encoder without',
      { method: 'data2vec', encoder: 'pixels', options: {} },
      /pixels: has no patches to hide/,
    ],
    [
      'local crops for a transformer',
      { method: 'swav', encoder: 'vit', options: { localCrops: 2 } },
      /vit: takes images of one size/,
    ],
    [
      'smaller views for a transformer',
      { method: 'simsiam', encoder: 'vit', options: { viewSize: 4 } },
      /vit: takes images of one size/,
    ],
    [
      'smaller views with hidden patches',
      { method: 'data2vec', encoder: 'convnet', options: { viewSize: 4 } },
      /train: viewSize, got 4, wanted 0: hidden patches/,
    ],
  ];
  it.each(refused)('refuses %s', async (_what, change, message) => {
    const before = tf.memory().numTensors;
    const config: TrainConfig = { ...tiny('vicreg'), ...change };
    await expect(finish(config, stripes(8))).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a checkpoint', () => {
  const checkpointOf = async (name: MethodName): Promise<Uint8Array> => {
    const [, run] = await finish(tiny(name, { epochs: 1 }), stripes(8));
    const bytes = await run.checkpoint();
    run.dispose();
    return bytes;
  };

  it('is refused by another run', async () => {
    const resume = await checkpointOf('vicreg');
    await expect(finish(tiny('vicreg', { epochs: 1, seed: 6 }), stripes(8), { resume })).rejects.toThrow(
      'checkpoint: of another run',
    );
    await expect(finish(tiny('vicreg', { epochs: 1 }), stripes(8, 12), { resume })).rejects.toThrow(InputError);
  });

  it('is refused when it is damaged, cut or something else', async () => {
    const before = tf.memory().numTensors;
    const good = await checkpointOf('vicreg');
    const flipped = good.slice();
    flipped[good.length - 5] ^= 1;
    for (const resume of [flipped, good.slice(0, -1), good.slice(0, 10), new Uint8Array(0), new Uint8Array(200)]) {
      await expect(finish(tiny('vicreg', { epochs: 1 }), stripes(8), { resume })).rejects.toThrow(/^checkpoint: /);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is read from the middle of a buffer', async () => {
    const good = await checkpointOf('vicreg');
    const shifted = new Uint8Array(good.length + 1);
    shifted.set(good, 1);
    const [records, run] = await finish(tiny('vicreg', { epochs: 1 }), stripes(8), { resume: shifted.subarray(1) });
    run.dispose();
    expect(records).toEqual([]);
    expect(run.steps).toBe(2);
  });
});

describe('the controls', () => {
  it.each([
    ['simsiam', { stopGradient: false }],
    ['simsiam', { predictor: false }],
    ['byol', { stopGradient: false }],
    ['byol', { predictor: false }],
    ['dino', { centring: false }],
    ['dino', { sharpening: false }],
    ['swav', { sinkhorn: false }],
    ['vicreg', { variance: 0 }],
    ['vicreg', { dialect: 'lecture', centre: false, invariance: 1, variance: 1, covariance: 1 }],
  ] as const)('%s runs with %o', async (name, options) => {
    const [plain, one] = await finish(tiny(name, { epochs: 1 }), stripes(8));
    const [changed, two] = await finish(tiny(name, { epochs: 1, options: { ...small[name], ...options } }), stripes(8));
    one.dispose();
    two.dispose();
    expect(changed.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(two.weightsHash).not.toBe(one.weightsHash);
    expect(plain.length).toBe(changed.length);
  });

  it('are options that say what they are', () => {
    for (const { options } of Object.values(methods)) {
      for (const { about } of Object.values(options)) expect(about.length).toBeGreaterThan(5);
    }
  });
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
