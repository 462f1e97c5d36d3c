import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor2D } from '../../tf.js';
import { normals } from '../case-inputs.js';
import { redundancy } from './op.js';
import { redundancyReference } from './reference.js';

function float32({ data, shape }: ReturnType<typeof normals>): Tensor2D {
  return tf.tensor2d(Float32Array.from(data), shape as [number, number]);
}

describe.each(['wasm', 'cpu'] as const)('redundancy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['auto', 'direct', 'gram'] as const)('is all ones for one dimension repeated (%s)', (form) => {
    // Every C_jk is 1 / (1 + eps): 3 on the diagonal, 6 beside it.
    const z = tf.tensor2d([1, 1, 1, -1, -1, -1], [2, 3]);
    const { diagonal, offDiagonal } = redundancy(z, z, { form });
    diagonal.dataSync().forEach((value) => {
      expect(value).toBeCloseTo(1 / (1 + 1e-5), 6);
    });
    expect(offDiagonal.arraySync()).toBeCloseTo(6 / (1 + 1e-5) ** 2, 5);
  });

  it.each([
    [8, 16],
    [16, 64],
  ])('agrees with float64 in both forms from D = 2N on (%d x %d)', (N, D) => {
    const a = normals(`redundancy test ${N}x${D}`, [N, D]);
    const noise = normals(`redundancy test noise ${N}x${D}`, [N, D], 0.3);
    const b = { shape: a.shape, data: a.data.map((value, i) => Math.fround(value + noise.data[i])) };
    const wanted = redundancyReference(a, b, 1e-5).offDiagonal;
    for (const form of ['direct', 'gram', 'auto'] as const) {
      const got = redundancy(float32(a), float32(b), { form }).offDiagonal.arraySync();
      expect(Math.abs(got / wanted - 1)).toBeLessThan(2e-6);
    }
  });

  it('takes the direct form where the products of the Gram form cancel', () => {
    // Rank one each, and the two directions over the batch nearly orthogonal: C is about 1e-4 all over.
    const view = (rows: number[]): Tensor2D =>
      tf.tensor2d(
        rows.flatMap((value) => new Array<number>(8).fill(value)),
        [4, 8],
      );
    const a = [1, 1, -1, -1];
    const b = [1, -1, 1.0004, -1];
    const array = (rows: number[]) => ({
      shape: [4, 8],
      data: Float64Array.from({ length: 32 }, (_, i) => Math.fround(rows[i >> 3])),
    });
    const wanted = redundancyReference(array(a), array(b), 1e-5).offDiagonal;
    const value = (form: 'auto' | 'direct' | 'gram'): number =>
      redundancy(view(a), view(b), { form }).offDiagonal.arraySync();
    expect(value('auto')).toBe(value('direct'));
    expect(Math.abs(value('direct') / wanted - 1)).toBeLessThan(5e-3);
    expect(Math.abs(value('gram') / wanted - 1)).toBeGreaterThan(2e-2);
  });

  it('refuses views that do not fit, and an unknown form', () => {
    expect(() => redundancy(tf.zeros([4, 8]), tf.zeros([4, 4]))).toThrow(
      new ShapeError('redundancy: b has D=4, wanted D=8 as in a'),
    );
    expect(() => redundancy(tf.zeros([4, 8]), tf.zeros([4, 8]), { form: 'wide' as 'gram' })).toThrow(InputError);
  });
});
