import { describe, expect, it } from 'vitest';
import { rootStream } from './stream.js';

describe('rootStream', () => {
  it('gives the same numbers for the same path', () => {
    const a = rootStream(1).fork('x').fork(0);
    const b = rootStream(1).fork('x').fork(0);
    expect([a.uniform(), a.normal(), a.integer(10)]).toEqual([b.uniform(), b.normal(), b.integer(10)]);
  });
  it('does not consume the parent when it forks', () => {
    const a = rootStream(7);
    const b = rootStream(7);
    b.fork('child').uniform();
    expect(a.uniform()).toBe(b.uniform());
  });
  it('takes seed 0 and tells it from seed 1', () => {
    expect(rootStream(0).uniform()).not.toBe(rootStream(1).uniform());
  });
});
