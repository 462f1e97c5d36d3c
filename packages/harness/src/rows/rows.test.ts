import { describe, expect, it } from 'vitest';
import { kernelRow, trainingRow } from '../fixtures/rows.js';
import { decodeRow, decodeRows } from './decode.js';
import { checkedRow, encodeRow } from './encode.js';

describe('rows', () => {
  it('come back as they were written', () => {
    const rows = [trainingRow(), kernelRow({ status: 'skipped', reason: 'no GPU', ms: null, low: null, high: null })];
    expect(decodeRows(rows.map(encodeRow).join(''), 'rows.jsonl')).toEqual(rows);
  });

  it('keep fields that they do not know', () => {
    const row = { ...trainingRow(), jobs: 2, terms: { invariance: 0.5 } };
    expect(decodeRow(JSON.parse(encodeRow(row)), 'row')).toEqual(row);
  });

  it('of another schema version are refused', () => {
    expect(() => decodeRow({ ...trainingRow(), schema: 2 }, 'rows.jsonl:3')).toThrow(
      'rows.jsonl:3: schema, got 2, wanted 1',
    );
    expect(() => decodeRow({}, 'x')).toThrow('x: schema, got none, wanted 1');
    expect(() => decodeRow(null, 'x')).toThrow('x: schema, got none, wanted 1');
    expect(() => decodeRow({ ...trainingRow(), kind: 'poem' }, 'x')).toThrow('kind');
  });

  it('name the line that is broken', () => {
    const good = encodeRow(trainingRow());
    expect(() => decodeRows(`${good}{"schema":1`, 'rows.jsonl')).toThrow(/^rows\.jsonl:2: line, got .*JSON/);
    expect(() => decodeRows('\n\n', 'rows.jsonl')).toThrow('rows.jsonl: rows, got none');
  });
});

describe('figures that are not finite', () => {
  it('are told by name where a run diverged', () => {
    const line = encodeRow(trainingRow({ verdict: 'diverged', knn: NaN, stdTimesSqrtD: Infinity, rankMe: -Infinity }));
    expect(line).not.toMatch(/NaN[^"]|[^"]NaN|:Infinity/);
    expect(decodeRow(JSON.parse(line), 'row')).toMatchObject({
      knn: null,
      stdTimesSqrtD: null,
      nonFinite: { knn: 'NaN', stdTimesSqrtD: 'Infinity', rankMe: '-Infinity' },
    });
  });

  it('never pass for a result', () => {
    expect(() => checkedRow(trainingRow({ knn: NaN }))).toThrow('knn: wanted a finite number in a row of status "ok"');
    expect(() => checkedRow(trainingRow({ knn: null }))).toThrow('knn');
    expect(() => checkedRow(trainingRow({ rankMe: Infinity }))).toThrow('rankMe: wanted a finite number');
    expect(() => checkedRow(kernelRow({ ms: NaN }))).toThrow('ms');
    expect(() => checkedRow(trainingRow({ options: { lr: NaN } }))).toThrow('options.lr, got NaN');
  });

  it('are not the same as figures that are not defined, such as the rank of a single point', () => {
    const collapsed = trainingRow({ verdict: 'type-1', effectiveRank: null, stdTimesSqrtD: 0 });
    expect(checkedRow(collapsed)).toEqual(collapsed);
  });

  it('never pass inside a list or a record', () => {
    expect(() => checkedRow({ ...trainingRow(), curve: [1, [2, Infinity]] })).toThrow('curve.1.1, got Infinity');
  });
});

describe('a row that is not ok', () => {
  it('says why', () => {
    expect(() => checkedRow(trainingRow({ status: 'failed' }))).toThrow('reason: wanted a reason for status "failed"');
    const failed = trainingRow({ status: 'failed', reason: 'out of memory', knn: null, weightsHash: null });
    expect(checkedRow(failed)).toEqual(failed);
  });
});

describe('figures out of range', () => {
  it.each([
    ['knn', 101],
    ['knn', -1],
    ['seed', -1],
    ['seed', 1.5],
    ['batch', 0],
    ['runId', 'short'],
    ['verdict', 'fine'],
    ['imagesPerSecond', -3],
  ])('%s %s are refused by name', (field, value) => {
    expect(() => checkedRow({ ...trainingRow(), [field]: value })).toThrow(field);
  });
});
