import { tf } from '@jembench/core';
import { methods } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance, usualNames, widths } from './trajectories.js';

const teacherTemperature = 0.04;

export const trajectoryDinoTopic: GoldenTopic = {
  name: 'trajectory_dino',
  tolerance: trajectoryTolerance,
  run: (reader) =>
    followTrajectory(reader, {
      method: (weights) => ({
        ...methods.dino,
        // The notes: the loss stands on the projector's output, there is no last layer.
        networks: heads(weights, { prototypes: 'projector' }),
        teacher: () => ({ networks: ['prototypes'], momentum: () => 0.99 }),
        state: () => ({ centre: tf.zeros([widths(weights, 'projector')[1]]) }),
        frozen: () => [],
      }),
      // The teacher's softmax divides its logits, and so their rounding, by its temperature.
      condition: 1 / teacherTemperature,
      options: { studentTemperature: 0.1, teacherTemperature, centreMomentum: 0.9, clip: 0 },
      rename: (name) => usualNames(name.replace('projector.', 'prototypes.')),
    }),
};
