import { InputError, tf } from '@jembench/core';
import { methods, type Method } from '@jembench/trainers';
import type { GoldenTopic } from '../topic.js';
import { followTrajectory, heads, trajectoryTolerance } from './trajectories.js';

/** What the official code makes of the mean over all anchors. */
const scales: Readonly<Record<string, number>> = {
  'mean over 2N': 1,
  'official: mean over N of both directions (twice as large)': 2,
};

export const trajectorySimclrTopic: GoldenTopic = {
  name: 'trajectory_simclr',
  tolerance: trajectoryTolerance,
  run(reader) {
    const reduction = reader.param<string>('reduction');
    if (!Object.hasOwn(scales, reduction)) {
      throw new InputError(`params.reduction, got "${reduction}", wanted one of ${Object.keys(scales).join(', ')}`);
    }
    const { loss: mean } = methods.simclr;
    const loss: Method['loss'] = mean && ((pass, o) => ({ total: tf.mul(mean(pass, o).total, scales[reduction]) }));
    return followTrajectory(reader, {
      method: (weights) => ({ ...methods.simclr, loss, networks: heads(weights, { projector: 'projector' }) }),
      options: { temperature: reader.param('temperature') },
    });
  },
};
