import { tf } from '@jembench/core';
import { byol as loss, simsiam } from '@jembench/losses';
import { cosineEma } from '../optimisers/index.js';
import { defineMethod } from './define.js';
import { flag, integer, real } from './options.js';
import { twoViews } from './views.js';

/**
 * BYOL: a predictor on each view's projection predicts what a moving average of the network says of the other view.
 *
 * @see Grill et al., arXiv:2006.07733; google-deepmind/deepmind-research@f5de0ed byol
 */
export const byol = defineMethod({
  paper: 'arXiv:2006.07733',
  about: 'one view predicts what a slow teacher says of the other',
  options: {
    hidden: integer(512, { from: 1, to: 8192 }, 'hidden width of projector and predictor; the paper has 4096'),
    dim: integer(256, { from: 2, to: 8192 }, 'embedding width'),
    teacherMomentum: real(
      0.9,
      { from: 0, to: 1 },
      'at the start, 1 at the end; the paper has 0.996 for a hundred times the steps',
    ),
    predictor: flag(true, 'false compares projections directly'),
    stopGradient: flag(true, 'false has no teacher: the views predict each other, and nothing is held constant'),
  },
  // CIFAR-10, 780 steps, held-out part of the training images, kNN and linear: 41.7 and 50.4; with 1e-3 40.8 and 48.4, and with a teacher
  // of 0.96 39.9 and 49.1, of 0.99 37.8 and 46.5: a few hundred steps leave no time to follow a slow one.
  recipe: { learningRate: 2e-3 },
  views: twoViews,
  networks: (kit, o) => ({
    projector: kit.mlp([o.hidden, o.dim]),
    ...(o.predictor && { predictor: kit.mlp([o.hidden, o.dim]) }),
  }),
  teacher: (o, { totalSteps }) =>
    o.stopGradient
      ? { networks: ['projector'], momentum: cosineEma({ base: o.teacherMomentum, totalSteps }) }
      : undefined,
  loss: ({ online: [x, y], teacher: [s, t] }, { predictor, stopGradient }) => {
    const head = predictor ? 'predictor' : 'projector';
    if (stopGradient) return loss([x[head], y[head]], [s.projector, t.projector]);
    // The squared distance of unit vectors is 2 - 2 cos, and the halves are summed, not averaged.
    const { total } = simsiam([x[head], y[head]], [x.projector, y.projector], { stopGradient });
    return { total: tf.add(tf.mul(total, 4), 4) };
  },
});
