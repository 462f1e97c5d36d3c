import { describe, expect, it } from 'vitest';
import { assertComparable, fingerprintDifferences } from './fingerprint.js';
import { context } from './fixtures/rows.js';

const { fingerprint } = context;

describe('fingerprints', () => {
  it('of one machine may be compared', () => {
    expect(fingerprintDifferences(fingerprint, structuredClone(fingerprint))).toEqual([]);
    expect(() => {
      assertComparable(fingerprint, structuredClone(fingerprint));
    }).not.toThrow();
  });

  it('that differ are refused, naming every field and both values', () => {
    const other = { ...fingerprint, cpu: 'Other CPU', cores: 4, flags: { WASM_HAS_SIMD_SUPPORT: false, EXTRA: 1 } };
    expect(fingerprintDifferences(fingerprint, other).map((d) => d.field)).toEqual([
      'cpu',
      'cores',
      'flags.WASM_HAS_SIMD_SUPPORT',
      'flags.EXTRA',
    ]);
    expect(() => {
      assertComparable(fingerprint, other);
    }).toThrow('cpu (Test CPU against Other CPU), cores (2 against 4)');
  });
});
