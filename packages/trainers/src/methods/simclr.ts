import { ntXent } from '@jembench/losses';
import { defineMethod } from './define.js';
import { integer, real } from './options.js';
import { twoViews } from './views.js';

/**
 * SimCLR: each view picks its other half out of the batch.
 *
 * @see Chen et al., arXiv:2002.05709; google-research/simclr@383d414
 */
export const simclr = defineMethod({
  paper: 'arXiv:2002.05709',
  about: 'contrast of two views against the rest of the batch',
  options: {
    hidden: integer(512, { from: 1, to: 8192 }, 'projector width; the paper has 2048, the width of its features'),
    dim: integer(128, { from: 2, to: 8192 }, 'embedding width'),
    temperature: real(
      0.2,
      { from: 0.001, to: 100 },
      'of the similarities; the paper finds 0.5 best on CIFAR-10 in long runs',
    ),
  },
  // At a few hundred steps three times the usual rate of AdamW: CIFAR-10, 780 steps, held-out part of the training images, kNN 46.1,
  // linear 52.9.
  recipe: { learningRate: 3e-3 },
  views: twoViews,
  batchNorm: 'joint',
  networks: (kit, o) => ({ projector: kit.mlp([o.hidden, o.dim]) }),
  loss: ({ online: [x, y] }, { temperature }) => ntXent(x.projector, y.projector, { temperature }),
});
