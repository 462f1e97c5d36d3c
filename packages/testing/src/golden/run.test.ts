import { InputError, tf, useBackend } from '@jembench/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runGolden, type TopicResult } from './run.js';
import type { GoldenTopic } from './topic.js';

/** out = factor * x, total = sum(out), d total / d x = factor. */
const scale: GoldenTopic = {
  name: 'scale',
  tolerance: { precision: 'float32', ulps: 2 },
  run(reader) {
    const factor = reader.param<number>('factor');
    const x = reader.inputTensor('x');
    const total = (z: tf.Tensor): tf.Scalar => tf.sum(tf.mul(z, factor));
    reader.expectArray('out', tf.mul(x, factor));
    reader.expectScalar('total', total(x));
    if (reader.has('grads', 'x')) reader.expectGradient('x', tf.grad(total)(x));
  },
};

const source = { repo: 'none', commit: 'none', path: 'none', how: 'by hand', notes: 'out = factor * x' };

interface Json {
  [key: string]: unknown;
}

function goodCase(changes: Json = {}): Json {
  return {
    name: 'doubles',
    params: { factor: 2 },
    inputs: { x: { shape: [3], data: [1, 2, 3] } },
    outputs: { out: { shape: [3], data: [2, 4, 6] }, total: 12 },
    grads: { x: { shape: [3], data: [2, 2, 2] } },
    ...changes,
  };
}

let directory: string;
beforeAll(() => useBackend('cpu'));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jembench-golden-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(cases: readonly Json[], changes: Json = {}, name = 'scale.json'): void {
  writeFileSync(join(directory, name), JSON.stringify({ topic: 'scale', source, cases, ...changes }));
}

async function results(topics?: readonly string[]): Promise<readonly TopicResult[]> {
  const all: TopicResult[] = [];
  for await (const result of runGolden({ source: directory, topics, table: [scale] })) all.push(result);
  return all;
}

async function fieldsThatFail(goldenCase: Json): Promise<readonly string[]> {
  write([goldenCase]);
  const [result] = await results();
  expect([result.passed, result.failed]).toEqual(result.failures.length > 0 ? [0, 1] : [1, 0]);
  return result.failures.map((failure) => failure.field);
}

describe('runGolden on a case', () => {
  it('passes what is right, whatever the shape and the name', async () => {
    const shape = [2, 1, 2];
    const inputs = { x: { shape, data: [1, -1, 0, 5] } };
    const outputs = { out: { shape, data: [-3, 3, 0, -15] }, total: -15 };
    const grads = { x: { shape, data: [-3, -3, -3, -3] } };
    expect(await fieldsThatFail({ name: 'täfelchen/0', params: { factor: -3 }, inputs, outputs, grads })).toEqual([]);
  });

  it('fails a scalar, an array entry and a gradient entry that are off by 1e-5 of the largest', async () => {
    expect(
      await fieldsThatFail(goodCase({ outputs: { out: { shape: [3], data: [2, 4, 6] }, total: 12.00012 } })),
    ).toEqual(['outputs.total']);
    expect(
      await fieldsThatFail(goodCase({ outputs: { out: { shape: [3], data: [2, 4.00006, 6] }, total: 12 } })),
    ).toEqual(['outputs.out[1]']);
    expect(await fieldsThatFail(goodCase({ grads: { x: { shape: [3], data: [2, 2, 1.99998] } } }))).toEqual([
      'grads.x[2]',
    ]);
  });

  it('reports what it got, what it wanted, the error and the tolerance', async () => {
    write([goodCase({ outputs: { out: { shape: [3], data: [2, 4, 6] }, total: 16 } })]);
    const [{ failures }] = await results();
    // 2 ulps of 2^-24 times the root of the three elements of x and 64; no float32_error is given.
    const tolerance = 2 * 2 ** -24 * Math.sqrt(3 + 64);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      case: 'doubles',
      field: 'outputs.total',
      got: '12',
      wanted: '16',
      error: 0.25,
    });
    expect(failures[0].tolerance).toBeCloseTo(tolerance, 12);
  });

  it('allows four times the float32 error of the reference on top of the floor, and no more', async () => {
    const off = (relative: number): Json =>
      goodCase({
        outputs: { out: { shape: [3], data: [2, 4, 6] }, total: 12 / (1 + relative) },
        float32_error: { total_rel: 1e-3 },
      });
    expect(await fieldsThatFail(off(3.9e-3))).toEqual([]);
    expect(await fieldsThatFail(off(4.1e-3))).toEqual(['outputs.total']);
  });

  it('fails every field that the topic does not read', async () => {
    const unread = goodCase({
      params: { factor: 2, offset: 0 },
      inputs: { x: { shape: [3], data: [1, 2, 3] }, y: { shape: [], data: [1] } },
      outputs: { out: { shape: [3], data: [2, 4, 6] }, total: 12, norm: 1 },
      grads: { x: { shape: [3], data: [2, 2, 2] }, y: { shape: [], data: [1] } },
    });
    expect(await fieldsThatFail(unread)).toEqual(['params.offset', 'inputs.y', 'outputs.norm', 'grads.y']);
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('fails a result that is %s', async (_, factor) => {
    const broken: GoldenTopic = {
      ...scale,
      run(reader) {
        reader.param('factor');
        reader.expectArray('out', tf.mul(reader.inputTensor('x'), factor));
        reader.expectScalar('total', factor);
        reader.expectGradient('x', [2, factor, 2]);
      },
    };
    write([goodCase({ float32_error: { total_rel: 1e30 } })]);
    for await (const { failures } of runGolden({ source: directory, table: [broken] })) {
      expect(failures.map((failure) => failure.field)).toEqual(['outputs.out[0]', 'outputs.total', 'grads.x[1]']);
    }
  });

  it('fails a result of another shape, even with the same numbers', async () => {
    expect(await fieldsThatFail(goodCase({ outputs: { out: { shape: [3, 1], data: [2, 4, 6] }, total: 12 } }))).toEqual(
      ['outputs.out'],
    );
  });

  it('fails a case whose code throws, and runs the next', async () => {
    const second = goodCase({ name: 'second' });
    const throwing: GoldenTopic = {
      ...scale,
      run(reader) {
        if (reader.name === 'doubles') throw new Error('no such shape');
        return scale.run(reader);
      },
    };
    write([goodCase(), second]);
    for await (const result of runGolden({ source: directory, table: [throwing] })) {
      expect(result).toMatchObject({ passed: 1, failed: 1 });
      expect(result.failures).toMatchObject([{ case: 'doubles', field: 'run', got: 'Error: no such shape' }]);
    }
  });

  it('follows a reference to inputs, inherits params, and does not compare the case that only holds data', async () => {
    const data = { name: 'data', params: { factor: 2 }, inputs: { x: { shape: [3], data: [1, 2, 3] } }, outputs: {} };
    const user = goodCase({ params: {}, inputs: { ref: 'data' } });
    write([data, user, { ...user, name: 'own factor', params: { factor: 3 } }]);
    const [{ passed, failures }] = await results();
    expect(passed).toBe(2);
    expect(failures.map((failure) => failure.case)).toEqual(['own factor', 'own factor', 'own factor']);
  });

  it('leaves no tensor behind, not even when a case fails', async () => {
    write([goodCase(), goodCase({ name: 'wrong', outputs: { out: { shape: [2], data: [1, 2] }, total: 0 } })]);
    const before = tf.memory().numTensors;
    await results();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('runGolden on files it cannot use', () => {
  const rejects = async (message: RegExp): Promise<void> => {
    const error: unknown = await results().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  };

  it('names a folder that is not there', async () => {
    const all = runGolden({ source: join(directory, 'nowhere'), table: [scale] });
    await expect(all.next()).rejects.toThrow(/golden .*nowhere: folder, got ENOENT/);
  });
  it('names a folder without golden files', () => rejects(/files, got none that ends in \.json/));
  it('names a file that is not JSON', () => {
    writeFileSync(join(directory, 'scale.json'), '{"topic": "scale", ');
    return rejects(/^scale\.json: content, got .*JSON.*, wanted JSON/);
  });
  it('names a file that is not text, and gzip that is cut off', async () => {
    writeFileSync(join(directory, 'scale.json'), Buffer.from([0xff, 0xfe, 0x00]));
    await rejects(/^scale\.json: content, got .*wanted a readable file of text/);
    rmSync(join(directory, 'scale.json'));
    writeFileSync(join(directory, 'scale.json.gz'), gzipSync('{"topic": "scale"}').subarray(0, 20));
    await rejects(/^scale\.json\.gz: content, got unexpected end of file/);
  });
  it('names a topic nobody knows', () => {
    write([goodCase()], { topic: 'skale' });
    return rejects(/^scale\.json: topic, got "skale", wanted one of scale$/);
  });
  it('names a topic that was asked for and is not there', async () => {
    write([goodCase()]);
    await expect(results(['vicreg'])).rejects.toThrow(/topic, got "vicreg", wanted one of the folder's: scale/);
  });
  it('refuses two files of one topic', () => {
    write([goodCase()]);
    write([goodCase()], {}, 'again.json');
    return rejects(/topic "scale", got it in again\.json and in scale\.json/);
  });
  it('refuses two cases of one name', () => {
    write([goodCase(), goodCase()]);
    return rejects(/^scale\.json: case names, got "doubles" twice/);
  });
  it('refuses a file without cases, and a missing or an unknown field', async () => {
    write([]);
    await rejects(/^scale\.json: cases, got \[\], wanted/);
    write([goodCase({ name: undefined })]);
    await rejects(/^scale\.json: cases\.0\.name, got nothing, wanted string/);
    write([goodCase({ tolerance: 1 })]);
    await rejects(/^scale\.json: cases\.0, got the unknown field "tolerance"/);
    write([goodCase()], { version: 2 });
    await rejects(/^scale\.json: top level, got the unknown field "version"/);
    write([goodCase()], { source: { repo: 'none' } });
    await rejects(/^scale\.json: source\.commit, got nothing/);
  });
  it.each([
    [{ shape: [4], data: [1, 2, 3] }, /inputs\.x: data, got 3 numbers, wanted 4 for shape \[4\]/],
    [{ shape: [-3], data: [1, 2, 3] }, /inputs\.x: shape, got \[-3\]/],
    [{ shape: [3], data: [1, null, 3] }, /inputs\.x: data\[1\], got null, wanted a finite number/],
    [{ shape: [3], data: [1, 2, 0.5], dtype: 'int32' }, /inputs\.x: data\[2\], got 0\.5, wanted an int32/],
    [{ shape: [3], data: [1, 2, 3], dtype: 'float16' }, /inputs\.x: dtype, got "float16"/],
    [{ shape: [3], data: [1, 2, 3], scale: 2 }, /inputs\.x: array, got the unknown field "scale"/],
    [{ data: [1, 2, 3] }, /inputs\.x: shape, got undefined/],
    ['1, 2, 3', /inputs\.x: value, got "1, 2, 3"/],
  ])('refuses the array %j', async (x, message) => {
    write([goodCase({ inputs: { x } })]);
    await rejects(message);
  });
  it('refuses a number that JSON can spell and that is infinite', () => {
    writeFileSync(
      join(directory, 'scale.json'),
      JSON.stringify({ topic: 'scale', source, cases: [goodCase({ outputs: { total: 'HUGE' } })] }).replace(
        '"HUGE"',
        '1e999',
      ),
    );
    return rejects(/outputs\.total: value, got Infinity, wanted a finite number/);
  });
  it('refuses a reference to nothing, to itself, and one with fields beside it', async () => {
    write([goodCase({ inputs: { ref: 'data' } })]);
    await rejects(/case "doubles": inputs\.ref, got "data", wanted the name of a case/);
    write([goodCase({ inputs: { ref: 'doubles' } })]);
    await rejects(/inputs\.ref, got "doubles", which leads back here/);
    write([goodCase({ inputs: { ref: 'doubles', x: 1 } })]);
    await rejects(/inputs: fields beside ref, got "x"/);
  });
  it('refuses a case with nothing to compare that nobody refers to', () => {
    write([goodCase({ outputs: {}, grads: {} })]);
    return rejects(/case "doubles" ?: outputs, got none/);
  });
  it('ends with an error when a case lacks what its topic needs, after the others have run', async () => {
    write([goodCase({ params: {} }), goodCase({ name: 'whole' })]);
    const all = runGolden({ source: directory, table: [scale] });
    const first = await all.next();
    expect(first.value).toMatchObject({ passed: 1, failed: 1 });
    await expect(all.next()).rejects.toThrow(
      new InputError('scale.json case "doubles": params.factor, got nothing, wanted a value: the topic needs it'),
    );
  });
});
