import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { context, kernelRow, trainingRow } from '../fixtures/rows.js';
import type { Row } from '../rows/schema.js';
import { bencherMetrics } from './bencher.js';
import { figures } from './figures.js';
import { githubActionBenchmark } from './github-action-benchmark.js';
import { jobSummary } from './job-summary.js';
import { junitXml } from './junit.js';
import { rowsCsv } from './rows-csv.js';

const gate = (verdict: 'pass' | 'fail' | 'neutral' | 'inconclusive'): Row => ({
  ...context,
  status: 'ok',
  kind: 'gate',
  benchmark: `${verdict} "<&>' benchmark`,
  ...{ effect: 0.12, low: 0.1, high: 0.14, allowed: 0.05, verdict },
});

const rows: readonly Row[] = [
  trainingRow(),
  trainingRow({ seed: 2, verdict: 'type-1' }),
  trainingRow({ control: 'no variance term', options: { dim: 64, variance: 0 }, verdict: 'type-1' }),
  kernelRow(),
  kernelRow({
    status: 'failed',
    implementation: 'log',
    reason: 'y: <error> & "quotes"\nand a \u0001 control \ud800 character',
    ...{ ms: null, low: null, high: null },
  }),
  kernelRow({ status: 'skipped', implementation: 'gpu', reason: 'no GPU', ms: null, low: null, high: null }),
  gate('pass'),
  gate('fail'),
  gate('neutral'),
  gate('inconclusive'),
];

describe('figures', () => {
  it('take what has a direction from rows that are ok, and the interval with it', () => {
    expect(figures([rows[3], rows[4]])).toMatchObject([
      {
        benchmark: 'sinkhorn forward N=64 K=3000 composed node wasm',
        ...{ measure: 'ms', unit: 'ms', better: 'smaller', value: 1.5, low: 1.4, high: 1.7 },
      },
    ]);
    expect(figures([rows[0]]).map(({ measure, value }) => `${measure} ${value}`)).toEqual([
      ...['knn 50', 'linear 60', 'knnProjector 40', 'linearProjector 45', 'imagesPerSecond 1000'],
    ]);
  });

  it('tell rows apart that differ in an option only', () => {
    const names = figures([trainingRow(), trainingRow({ options: { dim: 32 } })]).map(({ benchmark }) => benchmark);
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^vicreg on shapes convnet 2 epochs batch 128 seed 1 node wasm \[[0-9a-f]{8}\]$/);
  });
});

describe('JUnit XML', () => {
  const schema = readFileSync(new URL('../fixtures/junit.xsd', import.meta.url), 'utf8');

  it('is what the schema of its readers wants, whatever stands in a reason', async () => {
    const xml = junitXml(rows);
    const { valid, errors } = await validateXML({ xml, schema });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
  });

  it('is refused by that schema when a required attribute is gone', async () => {
    const { valid } = await validateXML({ xml: junitXml(rows).replace(/ classname="[^"]*"/, ''), schema });
    expect(valid).toBe(false);
  });

  it('counts a collapse as a failure, a control that collapsed as passed, a failed row as an error', () => {
    const xml = junitXml(rows);
    expect(xml).toContain('<testsuites name="jembench" tests="10" failures="3" errors="1"');
    expect(xml).toContain('<testsuite name="jembench training" tests="3" failures="1" errors="0" skipped="0"');
    expect(xml).toContain('<testsuite name="jembench kernel" tests="3" failures="0" errors="1" skipped="1"');
    expect(xml).toContain('<testsuite name="jembench gate" tests="4" failures="2" errors="0" skipped="1"');
  });
});

describe('github-action-benchmark', () => {
  // As its README documents the custom tools, and as its reader uses the fields.
  const valid = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1 },
        unit: { type: 'string', minLength: 1 },
        value: { type: 'number' },
        range: { type: 'string' },
        extra: { type: 'string' },
      },
      required: ['name', 'unit', 'value'],
      additionalProperties: false,
    },
  });

  it('gets the figures of one direction a file, each under a name of its own', () => {
    for (const better of ['smaller', 'bigger'] as const) {
      const entries = githubActionBenchmark(rows, better);
      expect(valid(JSON.parse(JSON.stringify(entries)))).toBe(true);
      expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    }
    expect(githubActionBenchmark(rows, 'smaller')).toEqual([
      {
        name: 'sinkhorn forward N=64 K=3000 composed node wasm: ms',
        ...{ unit: 'ms', value: 1.5, range: '1.40-1.70', extra: 'commit abc' },
      },
    ]);
  });
});

describe('Bencher Metric Format', () => {
  // The shape that https://bencher.dev/bmf.json publishes, made strict, and the longest names that Bencher takes.
  const metric = {
    type: 'object',
    properties: { value: { type: 'number' }, lower_value: { type: 'number' }, upper_value: { type: 'number' } },
    required: ['value'],
    additionalProperties: false,
  };
  const valid = new Ajv().compile({
    type: 'object',
    propertyNames: { minLength: 1, maxLength: 1024 },
    additionalProperties: {
      type: 'object',
      propertyNames: { minLength: 1, maxLength: 64 },
      additionalProperties: metric,
    },
  });

  it('holds every figure with its interval', () => {
    const metrics = bencherMetrics(rows);
    expect(valid(JSON.parse(JSON.stringify(metrics)))).toBe(true);
    expect(metrics['sinkhorn forward N=64 K=3000 composed node wasm']).toEqual({
      ms: { value: 1.5, lower_value: 1.4, upper_value: 1.7 },
    });
    expect(Object.values(metrics).flatMap((measured) => Object.keys(measured))).toContain('percent-knn-projector');
  });

  it('refuses two rows of one name, of which one would hide the other', () => {
    expect(() => bencherMetrics([kernelRow(), kernelRow({ ms: 3 })])).toThrow('ms, got two rows, wanted one');
  });
});

describe('job summary', () => {
  const section = (title: string, size: number) => ({ title, markdown: 'x'.repeat(size) });

  it('leaves out whole sections above the limit of GitHub, and says which', () => {
    const text = jobSummary([section('verdict', 100), section('kernels', 2000), section('machine', 50)], 1000);
    expect(text).toBe(
      `${'x'.repeat(100)}\n\n${'x'.repeat(50)}\n\n> Left out, the summary would be too long: kernels. The rows have them.\n`,
    );
    expect(jobSummary([section('a', 10)])).toBe(`${'x'.repeat(10)}\n`);
  });

  it('never exceeds the limit, in bytes', () => {
    for (let limit = 200; limit < 400; limit++) {
      const text = jobSummary([{ title: 'ä', markdown: 'ä'.repeat(60) }, section('b', 100)], limit);
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(limit);
    }
  });
});

describe('CSV of rows', () => {
  it('has a column a field, nested ones with dots, and an empty cell where a row has none', () => {
    const [header, training, kernel] = rowsCsv([trainingRow(), kernelRow()]).trimEnd().split('\n');
    const columns = header.split(',');
    const cell = (line: string, name: string): string => line.split(',')[columns.indexOf(name)];
    expect(columns).toEqual(expect.arrayContaining(['schema', 'fingerprint.cpu', 'options.dim', 'shape.N', 'ms']));
    expect([cell(training, 'knn'), cell(training, 'ms')]).toEqual(['50', '']);
    expect([cell(kernel, 'shape.K'), cell(kernel, 'fingerprint.software')]).toEqual(['3000', 'false']);
  });

  it('keeps a spreadsheet from running what looks like a formula, and leaves numbers alone', () => {
    const csv = rowsCsv([kernelRow({ status: 'failed', reason: '=HYPERLINK("x")', leakedTensors: -3 })]);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).toMatch(/,-3,/);
  });
});
