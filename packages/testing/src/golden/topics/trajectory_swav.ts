import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance, usualNames } from './trajectories.js';

export const trajectorySwavTopic: GoldenTopic = {
  name: 'trajectory_swav',
  tolerance: trajectoryTolerance,
  run(reader) {
    const frozenSteps = reader.optionalParam<number>('freezePrototypesSteps', 0);
    return followTrajectory(reader, {
      method: (weights) => ({
        ...methods.swav,
        networks: (kit) => ({
          ...heads(weights, { projector: 'projector' })(kit),
          prototypes: kit.prototypes(weights.prototypes.shape[1]),
        }),
        frozen: (_o, { step }) => (step < frozenSteps ? ['prototypes'] : []),
      }),
      options: { temperature: 0.1, epsilon: 0.05, iterations: 3, queue: 0 },
      rename: (name) => (name === 'prototypes' ? 'prototypes/scores/kernel' : usualNames(name)),
    });
  },
};
