import { describe, expect, it } from 'vitest';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { kernelCsv, kernelTables } from './kernel-table.js';
import { compact, spread } from './numbers.js';
import { renderMarkdown, renderTerminal } from './render.js';
import { trainingCsv, trainingTables } from './training-table.js';

const seeds = [
  trainingRow({ seed: 2, knn: 52 }),
  trainingRow({ seed: 1, knn: 50, weightsHash: 'aaaaaaaabbbb' }),
  trainingRow({ seed: 3, status: 'failed', reason: 'boom', knn: null, linear: null, verdict: null, weightsHash: null }),
];

describe('trainingTables', () => {
  it('puts a mean with its t interval over the seeds in one line, failed seeds counted apart', () => {
    const [table] = trainingTables(seeds);
    expect(table.title).toBe('shapes · batch 128 · node · wasm · 2 epochs');
    // 51 ± 12.706 * sqrt(2) / sqrt(2)
    expect(table.rows).toEqual([
      [
        'vicreg',
        'convnet',
        '2 (1 failed)',
        '51.0 ± 12.7',
        '60.0 ± 0.0',
        '40.0 ± 0.0',
        '45.0 ± 0.0',
        '0.90 ± 0.00',
        '20.5 ± 0.0',
        'healthy',
        '1000',
        'aaaaaaaa f00dfeed',
      ],
    ]);
  });

  it('never averages over hosts', () => {
    const tables = trainingTables([trainingRow(), trainingRow({ host: 'browser' })]);
    expect(tables.map(({ title }) => title.split(' · ')[2])).toEqual(['node', 'browser']);
  });

  it('keeps configurations, controls and data sets apart', () => {
    const tables = trainingTables([
      trainingRow(),
      trainingRow({ control: 'no variance term', verdict: 'type-1' }),
      trainingRow({ options: { dim: 32 } }),
      trainingRow({ dataset: 'cifar10' }),
    ]);
    expect(tables.map((table) => table.rows.length)).toEqual([3, 1]);
    expect(tables[0].rows[1][0]).toBe('vicreg (no variance term)');
  });

  it('says where seeds disagree about the collapse', () => {
    const [table] = trainingTables([trainingRow(), trainingRow({ seed: 2, verdict: 'type-1' })]);
    expect(table.rows[0][9]).toBe('healthy 1, type-1 1');
  });
});

describe('trainingCsv', () => {
  it('has a header, a line a configuration and the ends of the intervals', () => {
    const [header, line, ...rest] = trainingCsv(seeds).trim().split('\n');
    const record = Object.fromEntries(header.split(',').map((name, i) => [name, line.split(',')[i]]));
    expect(rest).toEqual([]);
    expect(record).toMatchObject({ method: 'vicreg', seeds: '1 2 3', failed: '1', knn: '51', verdict: 'healthy' });
    expect(Number(record.knnLow)).toBeCloseTo(51 - 12.7062, 3);
    expect(Number(record.knnHigh)).toBeCloseTo(51 + 12.7062, 3);
  });

  it('quotes what a spreadsheet would misread', () => {
    expect(trainingCsv([trainingRow({ dataset: 'folder:a,"b"' })])).toContain('"folder:a,""b"""');
  });
});

describe('kernelTables', () => {
  it('shows a timing, and why there is none', () => {
    const [table] = kernelTables([
      kernelRow(),
      kernelRow({ status: 'failed', reason: 'y: error', ms: null, low: null, high: null }),
    ]);
    expect(table.rows[0]).toEqual([
      'sinkhorn',
      'forward',
      '64×3000',
      'composed',
      '1.50',
      '1.40-1.70',
      '2.50',
      '3.50',
      '25 %',
      '12',
      '1.50',
      '0',
      'ok',
    ]);
    expect(table.rows[1].slice(4, 6)).toEqual(['-', '-']);
    expect(table.rows[1].at(-1)).toBe('failed: y: error');
    expect(kernelCsv([kernelRow()]).split('\n')[1]).toContain('sinkhorn,forward,64×3000,node,wasm');
  });
});

describe('renderers', () => {
  const table = {
    title: 'T',
    columns: [
      { header: 'a', align: 'left' },
      { header: 'b', align: 'right' },
    ],
    rows: [
      ['x|y', '1'],
      ['long cell', '22'],
    ],
  } as const;

  it('writes Markdown that keeps a bar inside its cell', () => {
    expect(renderMarkdown(table, 3)).toBe(
      ['### T', '', '| a         |  b |', '| :-------- | -: |', '| x\\|y      |  1 |', '| long cell | 22 |', ''].join(
        '\n',
      ),
    );
  });

  it('writes aligned columns without trailing blanks for a terminal', () => {
    expect(renderTerminal(table)).toBe(['T', '', 'a           b', 'x|y         1', 'long cell  22', ''].join('\n'));
  });
});

describe('numbers', () => {
  it('have three significant digits, or a dash', () => {
    expect([12345.6, 12.345, 1.2345, 0.01234, 0, null].map(compact)).toEqual([
      '12346',
      '12.3',
      '1.23',
      '0.012',
      '0.000',
      '-',
    ]);
    expect(spread(null, 1)).toBe('-');
    expect(spread({ mean: 45.54, interval: null }, 1)).toBe('45.5');
  });
});
