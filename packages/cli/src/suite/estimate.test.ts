import { describe, expect, it } from 'vitest';
import { Estimate } from './estimate.js';

describe('Estimate', () => {
  it('knows nothing before a run is a tenth done', () => {
    let clock = 0;
    const estimate = new Estimate(1, () => clock);
    estimate.add('a', 'vicreg');
    expect(estimate.secondsLeft()).toBeNull();
    estimate.started('a');
    clock = 1000;
    estimate.progress('a', 1, 100);
    expect(estimate.secondsLeft()).toBeNull();
    clock = 10_000;
    estimate.progress('a', 21, 100);
    // 10 s for 21 steps.
    expect(estimate.secondsLeft()).toBeCloseTo((10 / 0.21) * 0.79, 6);
  });

  it('gives unseen runs the mean of the seen, and shares them among the jobs', () => {
    let clock = 0;
    const estimate = new Estimate(2, () => clock);
    for (const [id, group] of [
      ['a', 'fast'],
      ['b', 'slow'],
      ['c', 'slow'],
      ['d', 'unseen'],
    ])
      estimate.add(id, group);
    estimate.started('a');
    estimate.started('b');
    for (const id of ['a', 'b']) for (const step of [1, 10]) estimate.progress(id, step, 10);
    clock = 10_000;
    estimate.ended('a');
    clock = 30_000;
    estimate.ended('b');
    // c takes 30 s as b did, d the mean of 10 and 30.
    expect(estimate.secondsLeft()).toBeCloseTo((30 + 20) / 2, 6);
  });

  it('weighs groups that were not seen', () => {
    let clock = 0;
    const estimate = new Estimate(1, () => clock);
    estimate.add('a', 'seen', 2);
    estimate.add('b', 'long', 8);
    estimate.add('c', 'short', 1);
    estimate.started('a');
    estimate.progress('a', 1, 1);
    clock = 20_000;
    estimate.ended('a');
    expect(estimate.secondsLeft()).toBeCloseTo(80 + 10, 6);
  });

  it('does not count the steps before a checkpoint as time of this process', () => {
    let clock = 0;
    const estimate = new Estimate(1, () => clock);
    estimate.add('a', 'x');
    estimate.started('a');
    estimate.progress('a', 51, 100);
    clock = 10_000;
    estimate.progress('a', 75, 100);
    // 25 steps in 10 s: 25 more take another 10 s.
    expect(estimate.secondsLeft()).toBeCloseTo(10, 6);
  });
});
