import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../backends/use-backend.js';
import { InputError, ShapeError } from '../../errors.js';
import { tf, type Tensor, type Tensor2D } from '../../tf.js';
import { uniforms } from '../case-inputs.js';
import { sinkhorn } from './op.js';
import { sinkhornReference } from './reference.js';

function cosines(N: number, K: number): Tensor2D {
  return tf.tensor2d(Float32Array.from(uniforms('sinkhorn test', [N, K], -1, 1).data), [N, K]);
}

describe.each(['wasm', 'cpu'] as const)('sinkhorn on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const near = (got: Tensor, wanted: number[], digits = 6): void => {
    got.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], digits);
    });
  };

  it.each(['plain', 'log', 'auto'] as const)('balances a hand-made example (%s)', (domain) => {
    // exp(scores / epsilon) = [[3, 1], [1, 1]]. Columns to 1/2: [[3/8, 1/4], [1/8, 1/4]]. Rows to 1/2, times 2: [[3/5, 2/5], [1/3, 2/3]].
    const scores = tf.tensor2d([Math.log(3), 0, 0, 0], [2, 2]);
    near(sinkhorn(scores, { epsilon: 1, iterations: 1, domain }), [3 / 5, 2 / 5, 1 / 3, 2 / 3]);
    // With none: over the sum, 6, times 2.
    near(sinkhorn(scores, { epsilon: 1, iterations: 0, domain }), [1, 1 / 3, 1 / 3, 1 / 3]);
  });

  it.each([
    [6, 24],
    [24, 6],
  ])('gives every sample one assignment and, in the end, every prototype its share (%d x %d)', (N, K) => {
    const q = sinkhorn(cosines(N, K), { iterations: 100 });
    near(tf.sum(q, 1), new Array<number>(N).fill(1));
    near(tf.sum(q, 0), new Array<number>(K).fill(N / K), 3);
  });

  it('is uniform for equal scores and for a large epsilon, one-hot for a small one', () => {
    near(sinkhorn(tf.zeros([4, 5])), new Array<number>(20).fill(0.2));
    near(sinkhorn(cosines(4, 5), { epsilon: 1e6 }), new Array<number>(20).fill(0.2), 5);
    near(sinkhorn(tf.tensor2d([0.9, 0.1, 0.2, 0.8], [2, 2]), { epsilon: 1e-3 }), [1, 0, 0, 1]);
  });

  it('has no overflow at an epsilon of 1e-3, where exp(score / epsilon) is beyond float64', () => {
    const scores = uniforms('sinkhorn test', [12, 5], -1, 1);
    const wanted = sinkhornReference(scores, 1e-3, 3).data;
    expect(wanted.every(Number.isFinite)).toBe(true);
    for (const domain of ['auto', 'log'] as const) {
      near(sinkhorn(cosines(12, 5), { epsilon: 1e-3, domain }), Array.from(wanted), 4);
    }
  });

  it('is the same in both domains, whatever is added to the scores', () => {
    const scores = cosines(8, 6);
    const plain = Array.from(sinkhorn(scores, { domain: 'plain' }).dataSync());
    near(sinkhorn(scores, { domain: 'log' }), plain);
    near(sinkhorn(tf.add<Tensor2D>(scores, 64), { domain: 'auto' }), plain, 4);
  });

  it('lets no gradient through', () => {
    const gradient = tf.grad((scores: Tensor) => tf.sum(tf.square(sinkhorn(scores as Tensor2D))))(cosines(4, 3));
    expect(Array.from(gradient.dataSync())).toEqual(new Array(12).fill(0));
  });

  it('refuses another rank, and options out of range', () => {
    expect(() => sinkhorn(tf.zeros([3]) as unknown as Tensor2D)).toThrow(ShapeError);
    expect(() => sinkhorn(tf.zeros([0, 3]))).toThrow(new ShapeError('sinkhorn: scores has N=0, wanted N >= 1'));
    expect(() => sinkhorn(cosines(2, 2), { epsilon: 0 })).toThrow(
      new InputError('sinkhorn: epsilon, got 0, wanted a finite number above 0'),
    );
    expect(() => sinkhorn(cosines(2, 2), { iterations: 1.5 })).toThrow(InputError);
    expect(() => sinkhorn(cosines(2, 2), { domain: 'logs' as 'log' })).toThrow(
      new InputError('sinkhorn: domain, got "logs", wanted one of auto, plain, log'),
    );
  });
});
