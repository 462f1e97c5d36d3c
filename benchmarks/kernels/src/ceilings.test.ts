import { describe, expect, it } from 'vitest';
import { measuredCeilings } from './ceilings.js';

describe('measuredCeilings', () => {
  it('finds a plausible machine: no slower than plain JavaScript, no faster than any core', async () => {
    const { gflops, gbps } = await measuredCeilings(() => performance.now());
    expect(gflops).toBeGreaterThan(3);
    expect(gflops).toBeLessThan(200);
    expect(gbps).toBeGreaterThan(0.5);
    expect(gbps).toBeLessThan(1000);
  });
});
