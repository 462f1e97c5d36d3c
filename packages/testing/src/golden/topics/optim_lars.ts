import { biasesAndNorms, lars } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { compareSteps, exclusionGroups, optimiserTolerance } from './optimiser-steps.js';

/** LARS of VICReg (one rate) and of Barlow Twins (a rate for weights, one for biases and norms) on given gradients. */
export const optimLars: GoldenTopic = {
  name: 'optim_lars',
  tolerance: optimiserTolerance,
  run(reader) {
    const groups = [...exclusionGroups(reader)];
    const twoRates = reader.has('params', 'learningRateWeights');
    const learningRate = reader.param<number>(twoRates ? 'learningRateWeights' : 'learningRate');
    if (twoRates) {
      groups.push({ matches: biasesAndNorms.matches, learningRate: reader.param<number>('learningRateBiases') });
    }
    const optimiser = lars({ momentum: reader.param('momentum'), eta: reader.param('eta'), groups });
    compareSteps(reader, optimiser, learningRate);
  },
};
