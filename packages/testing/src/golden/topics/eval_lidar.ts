import { lidar, matrix } from '@jembench/eval';
import type { GoldenTopic } from '../topic.js';

/** The eigenvalues are relative to the within-sample scatter: its condition number multiplies the rounding. */
export const evalLidarTopic: GoldenTopic = {
  name: 'eval_lidar',
  tolerance: { precision: 'float64', ulps: 256 },
  run(reader) {
    const { data, shape } = reader.input('z');
    const q = reader.param<number>('nAugs');
    const z = matrix(data, reader.param<number>('nSamples') * q, shape[2]);
    const options = { delta: reader.param<number>('delta'), epsilon: reader.param<number>('epsilon') };

    for (const divisors of ['population', 'unbiased'] as const) {
      const result = lidar(z, q, { ...options, divisors });
      reader.expectScalar(`lidar_${divisors}`, result.lidar ?? NaN);
      reader.expectArray(`eigenvalues_${divisors}`, result.eigenvalues);
    }
    const peer = lidar(z, q, { ...options, divisors: 'unbiased', smoothing: 'before' });
    reader.expectScalar('lidar_stable_pretraining', peer.lidar ?? NaN);
  },
};
