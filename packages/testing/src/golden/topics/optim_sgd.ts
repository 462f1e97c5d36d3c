import { sgd } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { compareSteps, exclusionGroups, optimiserTolerance } from './optimiser-steps.js';

/** torch.optim.SGD on given gradients. */
export const optimSgd: GoldenTopic = {
  name: 'optim_sgd',
  tolerance: optimiserTolerance,
  run(reader) {
    const optimiser = sgd({
      momentum: reader.param('momentum'),
      nesterov: reader.optionalParam('nesterov', false),
      dampening: reader.optionalParam('dampening', 0),
      groups: exclusionGroups(reader),
    });
    compareSteps(reader, optimiser, reader.param('learningRate'));
  },
};
