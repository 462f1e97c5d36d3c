import { logSoftargmax, tf, type Scalar } from '@jembench/core';
import { defineMethod } from './define.js';
import { oneView } from './views.js';

/** The labels themselves: cross-entropy of one augmented view. The row that says what the encoder can do. */
export const supervised = defineMethod({
  paper: '',
  about: 'reference: cross-entropy with the labels',
  options: {},
  // `shapes`, 256 steps: kNN 98.9, with 1e-3 94.4.
  recipe: { learningRate: 3e-3 },
  views: oneView,
  networks: (kit) => ({ classifier: kit.linear(kit.classes) }),
  loss: ({ online: [x], labels }) => {
    const targets = tf.oneHot(labels, x.classifier.shape[1]);
    const logProbabilities = logSoftargmax(x.classifier);
    return { total: tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(targets, logProbabilities), 1))) };
  },
});
