import { adjustedRandIndex, contingency, hungarianAccuracy, nmi, purity } from '@jembench/eval';
import type { GoldenTopic } from '../topic.js';

/** Counts are exact; the scores are a few logarithms of their ratios. NMI and ARI of random clusters are differences of such near 1. */
export const evalClustersTopic: GoldenTopic = {
  name: 'eval_clusters',
  tolerance: { precision: 'float64', ulps: 16 },
  run(reader) {
    const assignments = reader.input('assignments').data;
    const labels = reader.input('labels').data;
    // The golden table is padded to a square.
    const size = Math.max(reader.param<number>('clusters'), reader.param<number>('classes'));
    reader.expectArray('contingency', contingency(assignments, labels, { clusters: size, classes: size }).data);
    reader.expectScalar('hungarian_accuracy', hungarianAccuracy(assignments, labels).percent / 100);
    reader.expectScalar('purity', purity(assignments, labels).percent / 100);
    reader.expectScalar('nmi_arithmetic', nmi(assignments, labels), { magnitude: 1 });
    reader.expectScalar('nmi_geometric', nmi(assignments, labels, { average: 'geometric' }), { magnitude: 1 });
    reader.expectScalar('ari', adjustedRandIndex(assignments, labels), { magnitude: 1 });
  },
};
