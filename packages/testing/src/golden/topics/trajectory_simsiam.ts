import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance } from './trajectories.js';

export const trajectorySimsiamTopic: GoldenTopic = {
  name: 'trajectory_simsiam',
  tolerance: trajectoryTolerance,
  run: (reader) =>
    followTrajectory(reader, {
      method: (weights) => ({
        ...methods.simsiam,
        networks: heads(weights, { projector: 'projector', predictor: 'predictor' }),
      }),
    }),
};
