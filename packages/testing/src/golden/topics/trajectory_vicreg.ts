import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance } from './trajectories.js';

export const trajectoryVicregTopic: GoldenTopic = {
  name: 'trajectory_vicreg',
  tolerance: trajectoryTolerance,
  run: (reader) =>
    followTrajectory(reader, {
      method: (weights) => ({ ...methods.vicreg, networks: heads(weights, { projector: 'projector' }) }),
    }),
};
