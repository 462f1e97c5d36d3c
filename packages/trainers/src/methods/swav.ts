import { l2Normalise, tf, type Tensor2D } from '@jembench/core';
import { dino, emptyQueue, pushed, queueIsFull, swav as loss } from '@jembench/losses';
import { defineMethod } from './define.js';
import { flag, integer, real } from './options.js';
import { cropViews } from './views.js';

/**
 * SwAV: each view predicts to which prototypes the other was assigned, where the assignment spreads a batch evenly (Sinkhorn).
 *
 * `sinkhorn false` assigns by the scores alone: its control.
 *
 * @see Caron et al., arXiv:2006.09882; facebookresearch/swav@06b1b7c
 */
export const swav = defineMethod({
  paper: 'arXiv:2006.09882',
  about: 'one view predicts the balanced cluster assignment of the other',
  options: {
    hidden: integer(512, { from: 1, to: 8192 }, 'head width; the paper has 2048'),
    dim: integer(128, { from: 2, to: 8192 }, 'embedding width'),
    prototypes: integer(
      128,
      { from: 2, to: 65536 },
      'the paper has 3000 for a million images; an even spread wants no more than the batch',
    ),
    temperature: real(0.1, { from: 0.001, to: 100 }, 'of the prediction'),
    // 0.05 spreads a sample of a batch of 128 over so many of 128 prototypes that there is little to predict: `shapes`, 256 steps, kNN 45
    // on two seeds of three, where 0.03 has 81.
    epsilon: real(0.03, { from: 0.0001, to: 100 }, 'of Sinkhorn: small is nearly hard assignment; the paper has 0.05'),
    iterations: integer(3, { from: 1, to: 100 }, 'of Sinkhorn'),
    sinkhorn: flag(true, 'false assigns by softmax, without the even spread: collapse'),
    queue: integer(0, { from: 0 }, 'past embeddings of each view in the assignment; the paper has 3840 from epoch 15'),
    queueFromEpoch: integer(15, { from: 0 }, 'the epoch from which the queue fills'),
    frozenEpochs: integer(1, { from: 0 }, 'epochs in which the prototypes stand still'),
    localCrops: integer(0, { from: 0, to: 16 }, 'small crops that only predict; the paper has 6'),
    localSize: integer(16, { from: 4 }, 'their side in pixels'),
  },
  views: cropViews,
  batchNorm: 'joint',
  networks: (kit, o) => ({ projector: kit.mlp([o.hidden, o.dim]), prototypes: kit.prototypes(o.prototypes) }),
  constrain: { 'prototypes/scores/kernel': (kernel) => tf.transpose(l2Normalise(tf.transpose(kernel as Tensor2D))) },
  frozen: (o, { epoch }) => (epoch < o.frozenEpochs ? ['prototypes'] : []),
  clusters: ({ temperature }) => ({ network: 'prototypes', temperature }),
  loss: ({ online, state, moment, apply }, o) => {
    const scores = online.map(({ prototypes }) => prototypes);
    if (!o.sinkhorn) {
      // Targets softmax(s / epsilon), no centre: DINO's loss is the same cross-entropy.
      const nothing = tf.zeros<tf.Rank.R1>([o.prototypes]);
      const { total } = dino(scores, scores.slice(0, 2), nothing, {
        studentTemperature: o.temperature,
        teacherTemperature: o.epsilon,
      });
      return { total };
    }
    const queues = ['first', 'second'].map((name) => ({
      ...emptyQueue(Math.max(o.queue, 1)),
      embeddings: (state[name] ?? null) as Tensor2D | null,
    }));
    const full = o.queue > 0 && queues.every(queueIsFull);
    const queue = full ? queues.map(({ embeddings }) => apply('prototypes', embeddings as Tensor2D)) : undefined;
    const { total } = loss(scores, { ...o, queue });
    if (o.queue === 0 || moment.epoch < o.queueFromEpoch) return { total };
    const [first, second] = queues.map(
      (past, i) => pushed(past, l2Normalise(online[i].projector)).embeddings as Tensor2D,
    );
    return { total, state: { first, second } };
  },
});
