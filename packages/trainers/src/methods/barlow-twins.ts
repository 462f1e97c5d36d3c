import { barlowTwins as loss } from '@jembench/losses';
import { defineMethod } from './define.js';
import { integer, real } from './options.js';
import { twoViews } from './views.js';

/**
 * Barlow Twins: the cross-correlation of two views made the identity.
 *
 * @see Zbontar et al., arXiv:2103.03230; facebookresearch/barlowtwins@8e8d284
 */
export const barlowTwins = defineMethod({
  paper: 'arXiv:2103.03230',
  about: 'cross-correlation of two views towards the identity',
  options: {
    hidden: integer(
      512,
      { from: 1, to: 8192 },
      'projector width; the paper has 8192 behind 2048 features, here they are 128',
    ),
    dim: integer(512, { from: 2, to: 8192 }, 'embedding width; the paper has 8192'),
    // The off-diagonal has D times the entries of the diagonal: at D = 512 the paper's 0.0051 (for 8192) leaves it next to no say.
    lambda: real(0.02, { from: 0 }, 'weight of the off-diagonal; the paper has 0.0051 for 16 times the width'),
  },
  views: twoViews,
  networks: (kit, o) => ({ projector: kit.mlp([o.hidden, o.hidden, o.dim], { lastBias: false }) }),
  loss: ({ online: [x, y] }, { lambda }) => loss(x.projector, y.projector, { lambda }),
});
