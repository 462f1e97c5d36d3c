import { describe, expect, it } from 'vitest';
import { gaussian, mapped } from '../fixtures.js';
import { compareRank, type RankedRun } from './compare-rank.js';
import { diagnose } from './diagnose.js';

const run = (effectiveRank: number | null, verdict: RankedRun['verdict'] = 'healthy', rankCap = 127): RankedRun => ({
  effectiveRank,
  rankMe: effectiveRank === null ? null : 2 * effectiveRank,
  rankCap,
  verdict,
});

describe('compareRank', () => {
  it('is type 2 below half the rank of the reference', () => {
    const comparison = compareRank(run(30), run(100));
    expect(comparison).toMatchObject({ verdict: 'type-2', effectiveRankRatio: 0.3, rankMeRatio: 0.3 });
    expect(comparison.reasons[0]).toContain("30 % of the reference's effective rank");
    expect(compareRank(run(50), run(100)).verdict).toBe('not-lower');
  });

  it('takes the highest of the runs and the lowest of the references', () => {
    expect(compareRank([run(10), run(30)], [run(100), run(80)])).toMatchObject({
      verdict: 'type-2',
      effectiveRankRatio: 0.375,
    });
    expect(compareRank([run(10), run(60)], [run(100), run(80)]).verdict).toBe('not-lower');
  });

  it('compares what diagnose returns', () => {
    const full = diagnose(gaussian(300, 64));
    const fewer = diagnose(mapped(gaussian(300, 64), (x, _i, j) => (j < 10 ? x : 0)));
    expect(fewer.verdict).toBe('healthy');
    expect(compareRank(fewer, full).verdict).toBe('type-2');
    expect(compareRank(full, full)).toMatchObject({ verdict: 'not-lower', effectiveRankRatio: 1 });
  });

  it('is inconclusive against a reference that has collapsed, or without a rank', () => {
    expect(compareRank(run(1), run(3, 'type-2'))).toMatchObject({ verdict: 'inconclusive' });
    expect(compareRank(run(null, 'type-1'), run(100))).toMatchObject({
      verdict: 'inconclusive',
      effectiveRankRatio: null,
    });
  });

  it('refuses ranks under different caps, and nothing', () => {
    expect(() => compareRank(run(3, 'healthy', 63), run(100))).toThrow('rank caps, got 63 and 127');
    expect(() => compareRank([], run(100))).toThrow('got 0 runs and 1 references');
  });
});
