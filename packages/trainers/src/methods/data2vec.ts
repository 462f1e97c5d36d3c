import { data2vec as loss, data2vecTargets, data2vecWarnings } from '@jembench/losses';
import { linear } from '../optimisers/index.js';
import { defineMethod } from './define.js';
import { integer, real } from './options.js';
import { hiddenBlocks, oneView } from './views.js';

/**
 * Data2Vec: from an image with hidden patches, predict what a slow teacher that sees them all has in its last blocks.
 *
 * A transformer's patches know of each other, and its predictor is one dense layer. Those of convolutions know what is a few pixels away:
 * there the predictor looks around, as the decoder of the second paper does (arXiv:2212.07525).
 *
 * @see Baevski et al., arXiv:2202.03555; facebookresearch/fairseq@3d262bb examples/data2vec
 */
export const data2vec = defineMethod({
  paper: 'arXiv:2202.03555',
  about: 'a student with hidden patches predicts the inside of a slow teacher',
  encoder: 'vit',
  options: {
    topK: integer(
      3,
      { from: 1, to: 64 },
      'blocks averaged into a target, all where there are fewer; the paper has 6 of 12',
    ),
    masked: real(0.6, { from: 0.01, to: 0.99 }, 'share of the patches that are hidden, in blocks'),
    decoder: integer(
      2,
      { from: 0, to: 16 },
      '3x3 convolutions of the predictor, where the encoder is of convolutions and sees no further itself; the second paper has 6',
    ),
    beta: real(2, { from: 0 }, 'where the smooth L1 turns linear; 0 is the squared error'),
    teacherMomentum: real(0.99, { from: 0, to: 1 }, 'at the start; the paper has 0.999 for a hundred times the steps'),
    finalTeacherMomentum: real(0.999, { from: 0, to: 1 }, 'at the end; the paper has 0.9998'),
  },
  views: oneView,
  mask: (o) => hiddenBlocks(o.masked),
  networks: (kit, o) => ({ predictor: kit.decoder(o.decoder, kit.features) }),
  teacher: (o, { totalSteps }) => ({
    networks: [],
    momentum: linear({ start: o.teacherMomentum, end: o.finalTeacherMomentum, steps: totalSteps }),
  }),
  loss: ({ patches }, o) => {
    if (patches === undefined) throw new Error('data2vec: no patches');
    const [prediction] = patches.student;
    const [blocks] = patches.teacher;
    const targets = data2vecTargets(blocks, { topK: Math.min(o.topK, blocks.length) });
    return loss(prediction, targets, patches.mask, { beta: o.beta });
  },
  warnings: ({ targetStd, predictionStd }) => data2vecWarnings({ targetStd, predictionStd }),
});
