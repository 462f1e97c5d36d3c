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
    masked: real(0.4, { from: 0.01, to: 0.99 }, 'share of the patches that are hidden, in blocks; the paper has 0.6'),
    decoder: integer(
      2,
      { from: 0, to: 16 },
      '3x3 convolutions of the predictor, where the encoder is of convolutions and sees no further itself; the second paper has 6',
    ),
    beta: real(0, { from: 0 }, 'where the smooth L1 turns linear; 0 is the squared error, the paper has 2'),
    teacherMomentum: real(0.9, { from: 0, to: 1 }, 'at the start; the paper has 0.999 for a hundred times the steps'),
    finalTeacherMomentum: real(0.999, { from: 0, to: 1 }, 'at the end; the paper has 0.9998'),
  },
  // CIFAR-10, 780 steps of convnet, held-out part of the training images, kNN and linear: 40.2 and 47.9; with a teacher of 0.95 and the
  // smooth L1 39.7 and 48.1, with 0.99, 60 % hidden and colours that jitter 37.8 and 47.2, and without the predictor's convolutions 36.3
  // and 44.6. Student and teacher see the same view: its colours teach nothing, so they stay.
  // `shapes`, 256 steps of vit, seed 1: kNN 48.2, where the former recipe (1e-3, 0.99, 60 %, smooth L1, jitter) had 31.8.
  recipe: { learningRate: 3e-3, jitter: 0, gray: 0 },
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
