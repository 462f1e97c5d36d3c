import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance } from './trajectories.js';

export const trajectoryByolTopic: GoldenTopic = {
  name: 'trajectory_byol',
  tolerance: trajectoryTolerance,
  run: (reader) =>
    followTrajectory(reader, {
      method: (weights) => ({
        ...methods.byol,
        networks: heads(weights, { projector: 'projector', predictor: 'predictor' }),
        // Constant in the notes; ours follows a schedule.
        teacher: () => ({ networks: ['projector'], momentum: () => 0.99 }),
      }),
    }),
};
