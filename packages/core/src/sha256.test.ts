import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from './sha256.js';

describe('sha256Hex', () => {
  it('gives the published digest of "abc"', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
  it('hashes the parts one after the other', () => {
    expect(sha256Hex('a', new Uint8Array([98]), 'c')).toBe(sha256Hex('abc'));
  });
  it('hashes the bytes of a view, not the buffer beneath it', () => {
    const whole = new Float32Array([1, 2, 3, 4]);
    const view = whole.subarray(1, 3);
    const bytes = new Uint8Array(whole.buffer, 4, 8);
    expect(sha256Hex(view)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});
