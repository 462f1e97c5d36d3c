import { describe, expect, it } from 'vitest';
import { canonicalHash, runId, type RunIdentity } from './identity.js';

const identity: RunIdentity = {
  method: 'vicreg',
  options: { dim: 64, weights: [25, 25, 1] },
  dataset: 'shapes',
  datasetChecksum: 'abc',
  encoder: 'convnet',
  seed: 1,
  epochs: 2,
  batch: 128,
  optimiser: { name: 'adamw', lr: 1e-3 },
  backend: 'wasm',
  build: 'build',
};

describe('canonicalHash', () => {
  it('is the SHA-256 of the canonical text', () => {
    // printf '{}' | sha256sum
    expect(canonicalHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    // printf '{"a":1,"b":[true,null,"\u00e9"]}' | sha256sum
    expect(canonicalHash({ b: [true, null, 'é'], a: 1.0 })).toBe(
      '9488dd13ca33d3291f5a91a1833dfa164811755ffba538c2b340780f8c31a0cb',
    );
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalHash({ a: { b: NaN } })).toThrow('identity.a.b: number, got NaN');
    expect(() => canonicalHash([Infinity])).toThrow('identity.0: number, got Infinity');
    expect(() => canonicalHash({ f: (() => 0) as never })).toThrow('identity.f: value, got a function');
  });
});

describe('runId', () => {
  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(identity).reverse()) as unknown as RunIdentity;
    expect(runId(reversed)).toBe(runId(identity));
  });

  it.each(Object.keys(identity))('changes with %s', (key) => {
    const value = identity[key as keyof RunIdentity];
    const other = typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}x` : {};
    expect(runId({ ...identity, [key]: other })).not.toBe(runId(identity));
  });
});
