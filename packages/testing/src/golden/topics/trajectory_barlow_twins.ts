import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance } from './trajectories.js';

export const trajectoryBarlowTwinsTopic: GoldenTopic = {
  name: 'trajectory_barlow_twins',
  tolerance: trajectoryTolerance,
  run: (reader) =>
    followTrajectory(reader, {
      method: (weights) => ({ ...methods['barlow-twins'], networks: heads(weights, { projector: 'projector' }) }),
      options: { lambda: 0.0051 },
    }),
};
