/** Every kernel of ours once at the sizes at which other libraries are timed, against its float64 definition. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { useBackend, type Backend } from '@jembench/core';
import { agreement, type BenchmarkDeclaration, type Outputs, type Shape } from '@jembench/harness';
import { kernelBenchmarks } from './index.js';
import type { Matrix } from './tensor-body.js';

// On a machine that does nothing else all of them take 15 s.
vi.setConfig({ testTimeout: 120_000 });

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend('wasm');
});

function declared(kernel: string, pass: string): BenchmarkDeclaration {
  const declaration = kernelBenchmarks(backend).find((one) => one.kernel === kernel && one.pass === pass);
  if (declaration === undefined) throw new Error(`no benchmark of ${kernel} ${pass}`);
  return declaration;
}

/** The results of the kernels of ours, by name; what is composed of tfjs's operations is slow at these sizes. */
async function fusedOutputs({ implementations }: BenchmarkDeclaration, inputs: unknown): Promise<[string, Outputs][]> {
  const results: [string, Outputs][] = [];
  for (const fused of implementations.filter(({ name }) => name.startsWith('fused'))) {
    const body = fused.open(inputs);
    results.push([fused.name, await body.outputs()]);
    body.close();
  }
  expect(results.length).toBeGreaterThan(0);
  return results;
}

async function expectAgreement(declaration: BenchmarkDeclaration, shape: Shape): Promise<void> {
  const inputs = declaration.inputs(shape);
  const results = await fusedOutputs(declaration, inputs);
  const wanted = declaration.reference(inputs);
  for (const [name, outputs] of results)
    expect(agreement(outputs, wanted, declaration.tolerance(shape)).failure, name).toBeNull();
}

/** Rows of `4 X (C - diag C) / (D (N - 1))`, `C = X^T X / (N - 1)`: by `x C = X^T (X x^T)^T / (N - 1)`, without the matrix. */
function rowsOfGradient({ data, rows: N, columns: D }: Matrix, numbers: readonly number[]): number[] {
  const means = new Float64Array(D);
  data.forEach((value, i) => (means[i % D] += value / N));
  const x = Float64Array.from(data, (value, i) => value - means[i % D]);
  const variances = new Float64Array(D);
  x.forEach((value, i) => (variances[i % D] += value ** 2 / (N - 1)));
  return numbers.flatMap((number) => {
    const own = x.subarray(number * D, (number + 1) * D);
    const slope = own.map((value, j) => -value * variances[j]);
    for (let n = 0; n < N; n++) {
      const row = x.subarray(n * D, (n + 1) * D);
      const share = own.reduce((sum, value, j) => sum + value * row[j], 0) / (N - 1);
      for (let j = 0; j < D; j++) slope[j] += share * row[j];
    }
    return Array.from(slope, (value) => (4 * value) / (D * (N - 1)));
  });
}

describe('covariance penalty, forward and backward', () => {
  const whole = [
    [256, 512],
    [256, 2048],
    [256, 8192],
  ];
  it.each(whole)('%d x %d', (N, D) => expectAgreement(declared('vicreg-covariance', 'forward-backward'), { N, D }));

  // Their matrices in float64 would take 10 and 20 s: some rows of the gradient, the last tiles among them, are held to the definition,
  // and the total to all of the gradient. It is of degree 4 in z: <gradient, z> = 4 total.
  const large = [
    [1024, 2048],
    [2048, 2048],
  ];
  it.each(large)('%d x %d, some rows of the gradient', async (N, D) => {
    const shape = { N, D };
    const declaration = declared('vicreg-covariance', 'forward-backward');
    const inputs = declaration.inputs(shape) as Matrix;
    const rows = [0, 1, 7, 255, 256, N / 2 + 5, N - 7, N - 2, N - 1];
    const wanted = rowsOfGradient(inputs, rows);
    for (const [name, outputs] of await fusedOutputs(declaration, inputs)) {
      const picked = rows.flatMap((row) => Array.from({ length: D }, (_, j) => outputs.gradient[row * D + j]));
      const slopes = agreement({ gradient: picked }, { gradient: wanted }, declaration.tolerance(shape));
      expect(slopes.failure, name).toBeNull();
      const degree = inputs.data.reduce((sum, value, i) => sum + value * outputs.gradient[i], 0) / outputs.total[0];
      expect(Math.abs(degree - 4), name).toBeLessThan(4 * declaration.tolerance(shape));
    }
  });
});

describe('Barlow Twins, forward and backward', () => {
  it('256 x 8192', () => expectAgreement(declared('barlow-twins', 'forward-backward'), { N: 256, D: 8192 }));
});

describe('Sinkhorn in either domain, against 3000 prototypes', () => {
  it.each([64, 256, 1024, 4096])('%d samples', (N) => expectAgreement(declared('sinkhorn', 'forward'), { N, K: 3000 }));
});
