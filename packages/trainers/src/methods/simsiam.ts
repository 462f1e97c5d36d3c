import { simsiam as loss } from '@jembench/losses';
import { defineMethod } from './define.js';
import { choice, flag, integer, real } from './options.js';
import { twoViews } from './views.js';

/**
 * SimSiam: a predictor on each view's projection predicts the other's, which counts as a constant.
 *
 * `stopGradient false` and `predictor false` are its controls. With `outputNorm none` each falls into one point (type 1); the official
 * code's batch norm keeps the embeddings apart, and then they fall onto one line (type 2).
 *
 * @see Chen and He, arXiv:2011.10566; facebookresearch/simsiam@a7bc177
 */
export const simsiam = defineMethod({
  paper: 'arXiv:2011.10566',
  about: 'one view predicts the other, with a stopped gradient',
  options: {
    hidden: integer(512, { from: 1, to: 8192 }, 'projector width; the paper has 2048, the width of its features'),
    dim: integer(512, { from: 2, to: 8192 }, 'embedding width; the paper has 2048'),
    bottleneck: integer(128, { from: 1, to: 8192 }, 'hidden width of the predictor, a quarter of the embedding'),
    predictorRate: real(
      1,
      { from: 0, to: 1000 },
      'its learning rate as a multiple of the peak, constant as in the paper; 0: that of all others',
    ),
    outputNorm: choice('no-affine', ['no-affine', 'affine', 'none'], 'batch norm behind the projector'),
    stopGradient: flag(true, 'false lets the gradient through the targets too: collapse'),
    predictor: flag(true, 'false compares the projections themselves: collapse'),
  },
  views: twoViews,
  networks: (kit, o) => ({
    projector: kit.mlp([o.hidden, o.hidden, o.dim], { lastNorm: o.outputNorm }),
    ...(o.predictor && { predictor: kit.mlp([o.bottleneck, o.dim]) }),
  }),
  // CIFAR-10, 780 steps, seed 1, held-out part of the training images, kNN and linear: 42.8 and 49.5; with a predictor whose rate falls
  // like all others' 40.9 and 49.8, with ten times the rate 42.4 and 50.3.
  constantRates: (o): Readonly<Record<string, number>> =>
    o.predictor && o.predictorRate > 0 ? { predictor: o.predictorRate * o.learningRate } : {},
  loss: ({ online: [x, y] }, { predictor, stopGradient }) => {
    const head = predictor ? 'predictor' : 'projector';
    return loss([x[head], y[head]], [x.projector, y.projector], { stopGradient });
  },
});
