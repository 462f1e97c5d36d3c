import { InputError, ShapeError, tf, useBackend, type Tensor2D } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ntXent } from './nt-xent.js';
import { constantRows, gradientError, gradients, leaked, normal, testedBackends, value } from './testing/support.js';

describe.each(testedBackends)('ntXent on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is log(1 + 2 exp(-1/T)) for two orthogonal images seen alike', () => {
    const views = tf.tensor2d([
      [2, 0],
      [0, 5],
    ]);
    for (const temperature of [0.1, 0.5, 2]) {
      const { total, attraction, repulsion } = ntXent(views, views, { temperature });
      // Each anchor: its positive has cosine 1, its two negatives cosine 0.
      const wanted = Math.log1p(2 * Math.exp(-1 / temperature));
      expect(Math.abs(value(total) - wanted)).toBeLessThan(3e-7);
      expect(value(attraction)).toBeCloseTo(-1 / temperature, 5);
      expect(value(repulsion)).toBeCloseTo(wanted + 1 / temperature, 5);
    }
  });

  it('is log(2N - 1) for a collapsed batch, at any temperature', () => {
    const batch = constantRows(4, [1, 2, -3]);
    for (const temperature of [0.01, 0.5, 100]) {
      expect(value(ntXent(batch, batch, { temperature }).total)).toBeCloseTo(Math.log(7), 5);
    }
  });

  it('keeps the digits of a loss and a gradient that are almost zero', () => {
    const a = [
      [1, 0.1, 0],
      [0, 1, -0.1],
      [-1, 0, 0.2],
    ];
    const b = [
      [1, 0, 0],
      [0, 1, 0],
      [-1, 0, 0],
    ];
    const temperature = 0.07;
    const loss = (x: number[][]): number => inFloat64(x, b, temperature);
    // So small that one minus a softmax in float32 would hold three digits of it.
    expect(loss(a)).toBeLessThan(1e-4);
    expect(value(ntXent(tf.tensor2d(a), tf.tensor2d(b), { temperature }).total) / loss(a)).toBeCloseTo(1, 5);
    const differences = a.flatMap((row, n) =>
      row.map((_, d) => {
        const moved = (by: number): number[][] => a.map((r, i) => r.map((x, j) => (i === n && j === d ? x + by : x)));
        return (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
      }),
    );
    const [gradient] = gradients((x) => ntXent(x, tf.tensor2d(b), { temperature }).total, [tf.tensor2d(a)]);
    const largest = Math.max(...differences.map(Math.abs));
    gradient.dataSync().forEach((entry, i) => {
      expect((entry - differences[i]) / largest).toBeCloseTo(0, 5);
    });
  });

  it('does not see the length of a row', () => {
    const [a, b] = [normal('a', 6, 4), normal('b', 6, 4)];
    const longer = tf.mul<Tensor2D>(a, tf.tensor2d([[1], [2], [3], [0.5], [10], [0.1]]));
    expect(value(ntXent(longer, b).total)).toBeCloseTo(value(ntXent(a, b).total), 5);
  });

  it('is symmetric in its views', () => {
    const [a, b] = [normal('a', 6, 4), normal('b', 6, 4)];
    expect(value(ntXent(a, b).total)).toBeCloseTo(value(ntXent(b, a).total), 6);
  });

  it('has the gradient of finite differences', () => {
    const views = [normal('a', 5, 6), normal('b', 5, 6)];
    expect(gradientError((a, b) => ntXent(a, b).total, views)).toBeLessThan(3e-4);
    // Sharper, hence smaller steps.
    expect(gradientError((a, b) => ntXent(a, b, { temperature: 0.1 }).total, views, 0.005)).toBeLessThan(1e-3);
  });

  it('has a finite gradient for a constant batch and for a row of zeros', () => {
    for (const batch of [constantRows(4, [1, 2, -3]), constantRows(4, [0, 0, 0])]) {
      for (const gradient of gradients((a, b) => ntXent(a, b).total, [batch, batch])) {
        expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
      }
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not hide an input of %d', (bad) => {
    const broken = tf.tensor2d([
      [3, bad],
      [0, 2],
    ]);
    expect(value(ntXent(broken, normal('ok', 2, 2)).total)).toBeNaN();
    expect(value(ntXent(normal('ok', 2, 2), broken).total)).toBeNaN();
  });

  it('names what is wrong with its arguments', () => {
    const z = normal('z', 8, 8);
    expect(() => ntXent(z, normal('w', 8, 4))).toThrow(new ShapeError('ntXent: b has D=4, wanted D=8 as in a'));
    expect(() => ntXent(normal('w', 1, 4), normal('w', 1, 4))).toThrow(
      /ntXent: a has N=1, wanted N >= 2: one image has no negatives/,
    );
    expect(() => ntXent(z, z, { temperature: 0 })).toThrow(InputError);
  });

  it('leaves no tensor behind', () => {
    const [a, b] = [normal('a', 5, 6), normal('b', 5, 6)];
    expect(leaked(() => ntXent(a, b))).toBe(0);
    expect(leaked(() => gradients((x, y) => ntXent(x, y).total, [a, b]))).toBe(0);
  });
});

/** The definition, anchor by anchor. */
function inFloat64(a: number[][], b: number[][], temperature: number): number {
  const z = [...a, ...b].map((row) => row.map((x) => x / Math.hypot(...row)));
  const similarity = (i: number, j: number): number => z[i].reduce((sum, x, d) => sum + x * z[j][d], 0) / temperature;
  const losses = z.map((_, i) => {
    const positive = (i + a.length) % z.length;
    const negatives = z.map((__, j) =>
      j === i || j === positive ? 0 : Math.exp(similarity(i, j) - similarity(i, positive)),
    );
    return Math.log1p(negatives.reduce((sum, x) => sum + x, 0));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / z.length;
}
