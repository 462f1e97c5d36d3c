import { InputError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { cosineEma, linear, scaledLearningRate, teacherTemperature, warmupCosine } from './index.js';

describe('warmupCosine', () => {
  const exclusive = warmupCosine({ base: 1, warmupSteps: 4, totalSteps: 8 });
  const inclusive = warmupCosine({ base: 1, warmupSteps: 4, totalSteps: 8, inclusive: true });

  it('rises in quarters of the base and reaches it at the end of the warm-up', () => {
    expect([0, 1, 2, 3, 4].map(exclusive)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('counts as np.linspace when inclusive: thirds, and the base twice', () => {
    expect([0, 1, 2, 3, 4].map(inclusive)).toEqual([0, 1 / 3, 2 / 3, 1, 1]);
  });

  it('is half way between base and final in the middle of the cosine, and final from the last step on', () => {
    const schedule = warmupCosine({ base: 1, final: 0.5, warmupSteps: 4, totalSteps: 8 });
    expect(schedule(6)).toBeCloseTo(0.75, 15);
    expect([8, 9, 1000].map(schedule)).toEqual([0.5, 0.5, 0.5]);
  });

  it('starts at the base without a warm-up, at `start` with one', () => {
    expect(warmupCosine({ base: 3, totalSteps: 10 })(0)).toBe(3);
    expect(warmupCosine({ base: 3, start: 1, warmupSteps: 2, totalSteps: 10 })(0)).toBe(1);
    expect(warmupCosine({ base: 3, start: 1, warmupSteps: 1, totalSteps: 10, inclusive: true })(0)).toBe(1);
  });

  it('rises where final is above base: the weight decay and momentum of DINO', () => {
    const momentum = warmupCosine({ base: 0.996, final: 1, totalSteps: 100 });
    const path = Array.from({ length: 101 }, (_, step) => momentum(step));
    expect(path[0]).toBeCloseTo(0.996, 15);
    expect(path[100]).toBe(1);
    for (let i = 1; i < path.length; i++) expect(path[i]).toBeGreaterThan(path[i - 1]);
  });

  it('refuses what cannot be', () => {
    expect(() => warmupCosine({ base: 1, warmupSteps: 9, totalSteps: 8 })).toThrow(/got 8 with 9 warm-up steps/);
    expect(() => warmupCosine({ base: NaN, totalSteps: 8 })).toThrow(/base, got NaN/);
    expect(() => warmupCosine({ base: 1, totalSteps: 0 })).toThrow(InputError);
    expect(() => exclusive(-1)).toThrow(/step, got -1/);
    expect(() => exclusive(NaN)).toThrow(InputError);
  });
});

describe('linear', () => {
  it('goes in equal steps and stays at its end', () => {
    const schedule = linear({ start: 1, end: 3, steps: 4 });
    expect([0, 1, 2, 3, 4, 5].map(schedule)).toEqual([1, 1.5, 2, 2.5, 3, 3]);
  });

  it('refuses what cannot be', () => {
    expect(() => linear({ start: 0, end: 1, steps: 0 })).toThrow(/steps, got 0/);
    expect(() => linear({ start: 0, end: 1, steps: 1 })(-1)).toThrow(InputError);
  });
});

describe('cosineEma', () => {
  it('goes from base to 1, half way in the middle', () => {
    const schedule = cosineEma({ base: 0.5, totalSteps: 10 });
    expect(schedule(0)).toBe(0.5);
    expect(schedule(5)).toBeCloseTo(0.75, 15);
    expect([10, 11].map(schedule)).toEqual([1, 1]);
  });

  it('refuses a base out of [0, 1]', () => {
    expect(() => cosineEma({ base: 1.1, totalSteps: 10 })).toThrow(InputError);
  });
});

describe('teacherTemperature', () => {
  it('includes both its ends', () => {
    const schedule = teacherTemperature({ warmup: 0.25, final: 1, warmupEpochs: 4 });
    expect([0, 1, 2, 3, 4, 50].map(schedule)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });

  it('is 0.04 by default, and never 0', () => {
    expect(teacherTemperature()(0)).toBe(0.04);
    expect(() => teacherTemperature({ final: 0 })).toThrow(/final, got 0/);
  });
});

describe('scaledLearningRate', () => {
  it('is the rate itself at batch 256', () => {
    expect(scaledLearningRate(0.3, 256)).toBe(0.3);
    expect(scaledLearningRate(0.5, 512)).toBe(1);
    expect(() => scaledLearningRate(0.5, 0)).toThrow(InputError);
  });
});
