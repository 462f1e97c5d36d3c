import { describe, expect, it } from 'vitest';
import { rootStream } from '@jembench/core';
import { fewLabelAccuracy } from './few-labels.js';

const stream = rootStream(1).fork('few-labels');

describe('fewLabelAccuracy', () => {
  it('needs one label of each pure cluster', () => {
    const rows = { clusters: [0, 0, 1, 1, 2], labels: [4, 4, 1, 1, 0] };
    for (const { percent, std } of fewLabelAccuracy(rows, rows, { stream })) {
      expect(percent).toBe(100);
      expect(std).toBe(0);
    }
  });

  it('names a cluster of three to one rightly three times in four with one label, always with all four', () => {
    const rows = { clusters: [0, 0, 0, 0], labels: [5, 5, 5, 2] };
    const test = { clusters: [0], labels: [5] };
    const [one, all] = fewLabelAccuracy(rows, test, { stream, labelsPerCluster: [1, 4], draws: 2000 });
    expect(one.percent).toBeGreaterThan(71);
    expect(one.percent).toBeLessThan(79);
    expect(all).toEqual({ labelsPerCluster: 4, percent: 100, std: 0 });
  });

  it('counts a row in a cluster nobody has seen as wrong', () => {
    const rows = { clusters: [0, 0], labels: [0, 0] };
    const [{ percent }] = fewLabelAccuracy(
      rows,
      { clusters: [0, 3], labels: [0, 0] },
      { stream, labelsPerCluster: [1] },
    );
    expect(percent).toBe(50);
  });

  it('is the same for the same stream, and by default tries 1, 5 and 10 labels', () => {
    const rows = { clusters: [0, 0, 0, 1, 1, 1], labels: [0, 0, 1, 1, 1, 0] };
    const once = fewLabelAccuracy(rows, rows, { stream });
    expect(once.map((x) => x.labelsPerCluster)).toEqual([1, 5, 10]);
    expect(fewLabelAccuracy(rows, rows, { stream })).toEqual(once);
  });

  it('refuses what does not fit', () => {
    const rows = { clusters: [0], labels: [0] };
    const none = { clusters: [], labels: [] };
    expect(() => fewLabelAccuracy(none, rows, { stream })).toThrow('got 0 to draw from and 1 to score');
    expect(() => fewLabelAccuracy(rows, rows, { stream, draws: 0 })).toThrow('draws 0');
    expect(() => fewLabelAccuracy({ clusters: [0, 1], labels: [0] }, rows, { stream })).toThrow(
      'got 2 labels, wanted 1',
    );
  });
});
