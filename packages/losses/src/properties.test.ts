import { rootStream, tf, useBackend, type Scalar, type Tensor2D } from '@jembench/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { barlowTwins, byol, dino, ntXent, simsiam, swav, vicreg, vicregDialects, type VicregDialect } from './index.js';
import { gradients, value } from './testing/support.js';

/** Every loss as a function of two views alone. */
const losses: Readonly<Record<string, (a: Tensor2D, b: Tensor2D) => Scalar>> = {
  ...Object.fromEntries(
    (Object.keys(vicregDialects) as VicregDialect[]).map((dialect) => [
      `vicreg ${dialect}`,
      (a: Tensor2D, b: Tensor2D) => vicreg(a, b, { dialect }).total,
    ]),
  ),
  'vicreg lecture, not centred': (a, b) => vicreg(a, b, { dialect: 'lecture', centre: false }).total,
  barlowTwins: (a, b) => barlowTwins(a, b).total,
  ntXent: (a, b) => ntXent(a, b).total,
  byol: (a, b) => byol([a, b], [b, a]).total,
  simsiam: (a, b) => simsiam([a, b], [b, a]).total,
  swav: (a, b) => swav([a, b], { temperature: 1, epsilon: 1 }).total,
  dino: (a, b) => dino([a, b], [a, b], tf.zeros([a.shape[1]]), { teacherTemperature: 1, studentTemperature: 1 }).total,
};

const batches = fc.record({
  seed: fc.nat(),
  N: fc.integer({ min: 2, max: 9 }),
  D: fc.integer({ min: 1, max: 20 }),
  scale: fc.constantFrom(1e-3, 1, 30),
});

interface Batch {
  readonly seed: number;
  readonly N: number;
  readonly D: number;
  readonly scale: number;
}

function views({ seed, N, D, scale }: Batch): [Tensor2D, Tensor2D] {
  const view = (name: string): Tensor2D => {
    const stream = rootStream(seed).fork(name);
    return tf.tensor2d(
      Float32Array.from({ length: N * D }, () => scale * stream.normal()),
      [N, D],
    );
  };
  return [view('a'), view('b')];
}

describe.each(Object.entries(losses))('%s, of any two views', (_, loss) => {
  beforeAll(() => useBackend('wasm'));

  const forAll = (property: (a: Tensor2D, b: Tensor2D, batch: Batch) => void): void => {
    fc.assert(
      fc.property(batches, (batch) => {
        tf.tidy(() => {
          property(...views(batch), batch);
        });
      }),
      { numRuns: 25, seed: 1 },
    );
  };
  const near = (got: number, wanted: number): void => {
    expect(Math.abs(got - wanted)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(wanted)));
  };

  it('is finite, and so is its gradient', () => {
    forAll((a, b) => {
      expect(value(loss(a, b))).toSatisfy(Number.isFinite);
      for (const gradient of gradients(loss, [a, b])) {
        expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
      }
    });
  });

  it('does not see the order of the images', () => {
    forAll((a, b, { N, seed }) => {
      const order = tf.tensor1d(rootStream(seed).fork('order').permutation(N), 'int32');
      near(value(loss(tf.gather(a, order), tf.gather(b, order))), value(loss(a, b)));
    });
  });

  it('does not see which view is which', () => {
    forAll((a, b) => {
      near(value(loss(b, a)), value(loss(a, b)));
    });
  });
});
