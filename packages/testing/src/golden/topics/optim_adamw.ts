import { adamw } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { compareSteps, exclusionGroups, optimiserTolerance } from './optimiser-steps.js';

/** torch.optim.AdamW on given gradients. */
export const optimAdamw: GoldenTopic = {
  name: 'optim_adamw',
  tolerance: optimiserTolerance,
  run(reader) {
    const optimiser = adamw({
      beta1: reader.param('beta1'),
      beta2: reader.param('beta2'),
      eps: reader.param('eps'),
      groups: exclusionGroups(reader),
    });
    compareSteps(reader, optimiser, reader.param('learningRate'));
  },
};
