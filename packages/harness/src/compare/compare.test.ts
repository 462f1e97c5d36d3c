import { describe, expect, it } from 'vitest';
import { context, kernelRow, trainingRow } from '../fixtures/rows.js';
import { checkedRow } from '../rows/encode.js';
import { compareRows } from './compare.js';

const seeds = (values: readonly number[], fields = {}) =>
  values.map((knn, i) => trainingRow({ seed: i + 1, knn, ...fields }));
const lineOf = (compared: ReturnType<typeof compareRows>, measure: string) =>
  compared.lines.find((line) => line.measure === measure);

describe('compareRows', () => {
  it('pairs accuracies by seed, so that the spread between seeds does not count', () => {
    const compared = compareRows(seeds([40, 50, 60]), seeds([42, 52, 62.3]));
    // Differences 2, 2, 2.3: mean 2.1, standard deviation sqrt(0.03), t = 4.3027 on 2 degrees of freedom.
    const line = lineOf(compared, 'knn');
    expect(line).toMatchObject({ n: 3, a: 50, verdict: 'better' });
    expect(line?.effect).toBeCloseTo(2.1, 10);
    expect(line?.low).toBeCloseTo(2.1 - (4.302653 * Math.sqrt(0.03)) / Math.sqrt(3), 5);
    expect(line?.benchmark).toBe('vicreg on shapes convnet 2 epochs batch 128 node wasm');
  });

  it('pairs augmentations by the size of their images, too', () => {
    const row = (H: number, imagesPerSecond: number) =>
      checkedRow({
        ...context,
        ...{ status: 'ok', kind: 'augmentation', augmentation: 'simclr', implementation: 'fused' },
        ...{ shape: { N: 128, H, W: H, C: 3 }, imagesPerSecond, low: imagesPerSecond, high: imagesPerSecond },
      });
    const { lines } = compareRows([row(32, 100), row(96, 10)], [row(96, 10), row(32, 200)]);
    expect(lines.map(({ benchmark, a, b }) => [benchmark, a, b])).toEqual([
      ['simclr N=128 H=32 W=32 C=3 fused node wasm', 100, 200],
      ['simclr N=128 H=96 W=96 C=3 fused node wasm', 10, 10],
    ]);
  });

  it('pairs by seed whatever the order of the rows', () => {
    const [one, two, three] = seeds([42, 52, 62]);
    expect(lineOf(compareRows(seeds([40, 50, 60]), [three, one, two]), 'knn')).toMatchObject({ effect: 2, low: 2 });
  });

  it.each([
    ['worse', [38, 48, 58.1]],
    ['no difference shown', [41, 48, 62]],
    ['equal', [40, 50, 60]],
  ])('says %s', (verdict, values) => {
    expect(lineOf(compareRows(seeds([40, 50, 60]), seeds(values)), 'knn')?.verdict).toBe(verdict);
  });

  it('draws no conclusion from one seed, unless the number is the same', () => {
    expect(lineOf(compareRows(seeds([40]), seeds([49])), 'knn')).toMatchObject({ verdict: 'inconclusive', low: null });
    expect(lineOf(compareRows(seeds([40]), seeds([40])), 'knn')?.verdict).toBe('equal');
  });

  it('says whether the weights are the same bits', () => {
    const other = seeds([40, 50], { weightsHash: 'another' });
    expect(lineOf(compareRows(seeds([40, 50]), [seeds([40])[0], other[1]]), 'knn')?.note).toBe(
      'weights equal for 1 of 2 seeds',
    );
  });

  it('widens timings by the drift between runs: 8 % is nothing, 40 % is something', () => {
    const base = kernelRow({ ms: 100, low: 99, high: 101 });
    const compared = (ms: number) =>
      lineOf(compareRows([base], [kernelRow({ ms, low: ms * 0.99, high: ms * 1.01 })]), 'ms');
    expect(compared(108)?.verdict).toBe('no difference shown');
    expect(compared(140)).toMatchObject({ verdict: 'worse', n: 1 });
    expect(compared(140)?.effect).toBeCloseTo(Math.log(1.4), 12);
    expect(compared(70)?.verdict).toBe('better');
  });

  it('takes more images per second for better', () => {
    const fast = [1, 2].map((seed) => trainingRow({ seed, imagesPerSecond: 2000 + seed }));
    expect(lineOf(compareRows(seeds([40, 50]), fast), 'imagesPerSecond')?.verdict).toBe('better');
  });

  it('calls a run that only one side finishes worse or better, with the reason', () => {
    const failed = kernelRow({ status: 'failed', reason: 'y: error', ms: null, low: null, high: null });
    expect(compareRows([kernelRow()], [failed]).lines).toMatchObject([
      { measure: 'status', verdict: 'worse', note: 'failed in B: y: error' },
    ]);
    expect(compareRows([failed], [kernelRow()]).lines[0]).toMatchObject({ measure: 'status', verdict: 'better' });
  });

  it('lists what only one side has, and refuses to compare nothing', () => {
    const other = trainingRow({ method: 'byol' });
    const compared = compareRows([...seeds([40]), other], [...seeds([40]), kernelRow()]);
    expect(compared.onlyA).toEqual(['byol on shapes convnet 2 epochs batch 128 node wasm']);
    expect(compared.onlyB).toEqual(['sinkhorn forward N=64 K=3000 composed node wasm']);
    expect(() => compareRows([other], [kernelRow()])).toThrow('got none that measure the same thing');
  });

  it('never pairs runs of other options, sizes or data', () => {
    for (const fields of [{ options: { dim: 32 } }, { epochs: 3 }, { datasetChecksum: 'd'.repeat(64) }]) {
      expect(() => compareRows([trainingRow()], [trainingRow(fields)])).toThrow('got none');
    }
  });

  it('refuses a measurement that is there twice', () => {
    expect(() => compareRows([kernelRow(), kernelRow()], [kernelRow()])).toThrow('got it twice in A');
  });

  it('refuses other machines by the field that differs, unless that is the question', () => {
    const other = kernelRow({ fingerprint: { ...kernelRow().fingerprint, cores: 64, build: 'newer' } });
    expect(() => compareRows([kernelRow()], [other])).toThrow('cores (2 against 64), build (test-build against newer)');
    expect(() => compareRows([kernelRow()], [other], ['build'])).toThrow('cores (2 against 64), wanted');
    expect(compareRows([kernelRow()], [other], ['build', 'cores']).lines).toHaveLength(1);
  });

  it('refuses a timing of 0', () => {
    expect(() => compareRows([kernelRow({ ms: 0, low: 0, high: 0 })], [kernelRow()])).toThrow('below the tick');
  });
});
