import { expect, it } from 'vitest';
import { kernelRow } from '../fixtures/rows.js';
import { hostRatioTables } from './host-ratio.js';

const node = (ms: number | undefined, fields = {}) => kernelRow({ host: 'node', ms, ...fields });
const browser = (ms: number | undefined, fields = {}) => kernelRow({ host: 'browser', ms, ...fields });

it('divides what Node takes by what the browser takes, pair by pair', () => {
  const other = { implementation: 'fused-log' };
  // 2 / 4 and 8 / 1: the geometric mean is the root of 4.
  const [table] = hostRatioTables([node(2), browser(4), node(8, other), browser(1, other)]);
  expect(table.title).toBe('wasm in the browser: 2.00 times the speed of Node (geometric mean of 2)');
  expect(table.rows.map((row) => row.at(-1))).toEqual(['0.50', '8.00']);
});

it('compares nothing but the same work by the same build, timed on both', () => {
  expect(hostRatioTables([node(2), browser(4, { build: 'another' })])).toEqual([]);
  expect(hostRatioTables([node(2), browser(4, { shape: { N: 1, K: 1 } })])).toEqual([]);
  expect(hostRatioTables([node(2), browser(undefined, { status: 'failed', reason: 'crashed' })])).toEqual([]);
  expect(hostRatioTables([node(2), browser(4, { backend: 'webgl' })])).toEqual([]);
});
