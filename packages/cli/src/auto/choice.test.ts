import { describe, expect, it } from 'vitest';
import { choiceText, chosenOf, type Measured } from './choice.js';

const wasm: Measured = { backend: 'wasm', ms: { penalty: 4, step: 100 } };

describe('chosenOf', () => {
  it('takes the one whose times are the shortest in the geometric mean, whatever is longer', () => {
    // By sums wasm were first: 104 ms against 111; by ratios it takes sqrt(4 * 10 / 11) = 1.9 times as long.
    const tensorflow: Measured = { backend: 'tensorflow', ms: { penalty: 1, step: 110 } };
    expect(chosenOf([wasm, tensorflow])?.backend).toBe('tensorflow');
    expect(chosenOf([wasm, { ...tensorflow, ms: { penalty: 8, step: 60 } }])?.backend).toBe('wasm');
  });

  it('stays with wasm, whose bits are the same everywhere, where another is less than a tenth faster', () => {
    const other = (share: number): Measured => ({
      backend: 'tensorflow',
      ms: { penalty: 4 * share, step: 100 * share },
    });
    expect(chosenOf([other(0.95), wasm])?.backend).toBe('wasm');
    expect(chosenOf([other(0.85), wasm])?.backend).toBe('tensorflow');
  });

  it('takes what is left where others fail, and nothing where all do', () => {
    const failed = { backend: 'tensorflow', reason: 'ended with signal SIGSEGV' } as const;
    expect(chosenOf([failed, wasm])).toEqual({ backend: 'wasm', measured: [wasm], leftOut: [failed] });
    expect(chosenOf([failed])).toBeNull();
  });
});

describe('choiceText', () => {
  it('gives the ratios of the medians, part by part, and what was left out', () => {
    const tensorflow: Measured = { backend: 'tensorflow', ms: { penalty: 2, step: 25 } };
    const choice = chosenOf([wasm, tensorflow, { backend: 'webgpu', reason: 'not set up' }]);
    expect(choice && choiceText(choice)).toBe(
      'tensorflow: wasm takes 2.83 times as long (penalty 2.00, step 4.00); webgpu left out: not set up',
    );
    const alone = chosenOf([wasm]);
    expect(alone && choiceText(alone)).toBe('wasm: no other was measured');
  });
});
