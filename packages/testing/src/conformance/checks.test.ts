import { tf, useBackend, type Tensor } from '@jembench/core';
import type { OpCase, OpSuite, Tensors } from '@jembench/core/cases';
import { beforeAll, describe, expect, it } from 'vitest';
import { conformanceChecks } from './checks.js';
import { conformanceItems, conformanceReport, type ConformanceRow } from './report.js';

/** `y = x^3`, and ways to get it wrong. */
function cube(evaluate: (x: Tensor) => Tensor): OpCase {
  return {
    name: 'cube',
    inputs: { x: { shape: [2, 3], data: Float64Array.of(1, -2, 0.5, 3, -0.25, 2) } },
    differentiable: ['x'],
    lengthScale: 1,
    tolerance: { value: 2, gradient: 2 },
    reference: ({ x }) => ({ y: { shape: x.shape, data: x.data.map((value) => value ** 3) } }),
    evaluate: ({ x }): Tensors => ({ y: evaluate(x) }),
  };
}

const right = (x: Tensor): Tensor => tf.tidy(() => tf.mul(x, tf.mul(x, x)));

async function failures(opCase: OpCase): Promise<string[]> {
  const failed: string[] = [];
  for (const check of conformanceChecks) {
    try {
      await check.run(opCase, 'composed');
    } catch (error) {
      failed.push(`${check.name}: ${(error as Error).message}`);
    }
  }
  return failed;
}

describe.each(['wasm', 'cpu'] as const)('the conformance checks on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('pass an op that is right', async () => {
    expect(await failures(cube(right))).toEqual([]);
  });

  it('see a value that is off by a hundred-thousandth', async () => {
    const off = await failures(cube((x) => tf.tidy(() => tf.mul(right(x), 1 + 1e-5))));
    expect(off.some((message) => message.startsWith('has the value of the reference: y[3], got 27.000'))).toBe(true);
  });

  it('see another shape', async () => {
    const flat = await failures(cube((x) => tf.tidy(() => tf.reshape(right(x), [6]))));
    expect(flat).toContain('has the value of the reference: shape of y, got [6], wanted [2,3]');
  });

  it('see a wrong gradient and nothing else', async () => {
    const twice = tf.customGrad((x) => ({ value: right(x as Tensor), gradFunc: (dy: Tensor) => tf.mul(dy, 2) }));
    const messages = await failures(cube((x) => twice(x)));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^has the gradient of the reference: gradient by x\[/);
  });

  it('see a gradient where none may flow', async () => {
    const messages = await failures({ ...cube(right), differentiable: [] });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(
      /^has the gradient of the reference: gradient by x\[0\], got .*, wanted 0: no gradient/,
    );
  });

  it('see a tensor that is not freed', async () => {
    const messages = await failures(cube((x) => tf.mul(x, tf.mul(x, x))));
    expect(messages).toEqual(['frees what it makes: tensors alive beside the outputs, got 2, wanted 1']);
  });

  it('see NaN that is hidden', async () => {
    const messages = await failures(
      cube((x) => tf.tidy(() => tf.mul(right(tf.where(tf.isFinite(x), x, tf.zerosLike(x))), 1))),
    );
    expect(messages.some((message) => message.startsWith('shows NaN and Infinity: outputs with x[0] = NaN'))).toBe(
      true,
    );
  });

  it('see results that change from call to call', async () => {
    let calls = 0;
    const messages = await failures(cube((x) => tf.tidy(() => tf.mul(right(x), 1 + ++calls * 2 ** -23))));
    expect(messages.some((message) => message.startsWith('repeats itself bit by bit: second result, y[0]'))).toBe(true);
  });
});

describe('the conformance checks on cpu', () => {
  beforeAll(() => useBackend('cpu'));

  it('see an input that is written to', async () => {
    // This backend hands out its own memory.
    const messages = await failures(
      cube((x) => {
        const y = right(x);
        x.dataSync()[0] = 7;
        return y;
      }),
    );
    expect(messages).toContain('leaves its inputs as they are: input, x[0], got 7, wanted 1 to the bit');
  });
});

describe('conformanceReport', () => {
  const suite: OpSuite = { op: 'cube', implementations: ['composed', 'wasm'], cases: [cube(right)] };

  it('has a row for every check, a reason for every skip', async () => {
    const rows: ConformanceRow[] = [];
    for await (const row of conformanceReport('cpu', [suite])) rows.push(row);
    expect(rows).toHaveLength(2 * conformanceChecks.length);
    expect(rows.filter(({ status }) => status === 'passed').map(({ implementation }) => implementation)).toEqual(
      conformanceChecks.map(() => 'composed'),
    );
    for (const { implementation, status, reason } of rows) {
      if (implementation === 'wasm') {
        expect([status, reason]).toEqual(['skipped', 'the wasm implementation needs the wasm backend']);
      }
    }
  });

  it('says what is wrong in the row of a failure', async () => {
    const broken: OpSuite = { op: 'cube', implementations: ['composed'], cases: [cube((x) => tf.mul(x, 2))] };
    const statuses: string[] = [];
    for await (const { check, status, reason } of conformanceReport('cpu', [broken])) {
      statuses.push(status);
      if (check === 'has the value of the reference') expect(reason).toMatch(/^y\[\d\], got .*, wanted /);
    }
    expect(statuses).toContain('failed');
  });

  it('asks the kernels of the backend that runs', () => {
    expect(conformanceItems('wasm', [suite]).filter(({ skipped }) => skipped !== undefined)).toEqual([]);
  });
});
