import { alignment, alignmentUniformity, uniformity } from '@jembench/eval';
import type { GoldenTopic } from '../topic.js';
import { inputMatrix } from './eval-matrix.js';

/**
 * Unit rows are off by rounding of 1. For rows that nearly agree that is much of their distance, hence `ulps` over the distance for
 * what is made of differences, and a magnitude of 1 for the uniformity, which is ln of a mean near 1 there.
 */
export const evalAlignUniformTopic: GoldenTopic = {
  name: 'eval_align_uniform',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const a = inputMatrix(reader, 'a');
    const b = inputMatrix(reader, 'b');
    const alpha = reader.param<number>('alpha');
    const t = reader.param<number>('t');
    const { gradients, ...terms } = alignmentUniformity(a, b, { alpha, t });
    const distance = Math.sqrt(Math.max(terms.alignment, -terms.uniformityA / t, -terms.uniformityB / t));
    const apart = { ulps: 16 / Math.min(1, distance) };
    const magnitude = 1;
    reader.expectScalar('total', terms.total, { magnitude });
    reader.expectScalar('alignment', terms.alignment, apart);
    reader.expectScalar('uniformity_a', terms.uniformityA, { magnitude });
    reader.expectScalar('uniformity_b', terms.uniformityB, { magnitude });
    reader.expectScalar('alignment_alpha1', alignment(a, b, { alpha: 1 }), apart);
    reader.expectScalar('uniformity_a_t3', uniformity(a, { t: 3 }), { magnitude });
    reader.expectGradient('a', gradients.a.data, apart);
    reader.expectGradient('b', gradients.b.data, apart);
  },
};
