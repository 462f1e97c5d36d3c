import { expect, it } from 'vitest';
import type { KernelRow } from '@jembench/harness';
import { kernelRow } from '../fixtures/rows.js';
import { growthPlots } from './growth-plot.js';

const rows = (shapes: readonly KernelRow['shape'][], implementation = 'fused'): KernelRow[] =>
  shapes.map((shape, i) => kernelRow({ kernel: 'sinkhorn', shape, implementation, ms: 1 + i }));

it('draws a curve an implementation, for each side that varies alone', () => {
  const widths = [64, 512, 3000].map((K) => ({ N: 256, K }));
  const batches = [32, 1024, 4096].map((N) => ({ N, K: 3000 }));
  const plots = growthPlots([...rows([...widths, ...batches]), ...rows(widths, 'composed')]);
  expect(plots.map(({ name }) => name.replace(/^sinkhorn-/, ''))).toEqual([
    'forward-node-wasm-N-at-K3000',
    'forward-node-wasm-K-at-N256',
  ]);
  const [byBatch, byWidth] = plots;
  expect(byWidth.svg).toMatch(/^<svg [^]*composed[^]*<\/svg>\n$/);
  expect(byBatch.svg).not.toContain('composed');
  // Four sizes, as 256 x 3000 belongs to both sweeps.
  expect(byBatch.svg.match(/<circle/g)).toHaveLength(4);
});

it('draws nothing of two sizes, or of what failed', () => {
  expect(growthPlots(rows([64, 512].map((K) => ({ N: 256, K }))))).toEqual([]);
  const failed = rows([64, 512, 3000].map((K) => ({ N: 256, K }))).map((row) => ({
    ...row,
    status: 'failed' as const,
    reason: 'wrong',
  }));
  expect(growthPlots(failed)).toEqual([]);
});
