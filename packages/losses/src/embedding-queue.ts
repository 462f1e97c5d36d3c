import { ShapeError, checkNumber, checkShapes, tf, type Tensor2D } from '@jembench/core';

/**
 * Past embeddings of one assigning crop, newest first. A value: `pushed` makes a new one.
 *
 * Its tensor outlives a step, so its owner keeps it (`tf.keep`) and frees that of the queue it replaces.
 */
export interface EmbeddingQueue {
  /** Rows held when full. */
  readonly capacity: number;
  /** `[rows, D]` with at most `capacity` rows; null before the first push. */
  readonly embeddings: Tensor2D | null;
}

/** @throws InputError for a capacity that is not a positive integer. */
export function emptyQueue(capacity: number): EmbeddingQueue {
  checkNumber('emptyQueue', 'capacity', capacity, { from: 1, integer: true });
  return { capacity, embeddings: null };
}

/**
 * The queue after a step: the step's rows in front, the oldest beyond the capacity gone. Outside of any gradient.
 *
 * @param rows `[N, D]` normalised embeddings of the step.
 * @throws ShapeError "pushed: rows has D=4, wanted D=8 as in the queue".
 */
export function pushed(queue: EmbeddingQueue, rows: Tensor2D): EmbeddingQueue {
  checkShapes('pushed', { rows: [rows, 'N D'] });
  const { capacity, embeddings } = queue;
  if (embeddings !== null && embeddings.shape[1] !== rows.shape[1]) {
    throw new ShapeError(`pushed: rows has D=${rows.shape[1]}, wanted D=${embeddings.shape[1]} as in the queue`);
  }
  const next = tf.tidy(() => {
    const all = embeddings === null ? tf.clone(rows) : tf.concat([rows, embeddings], 0);
    return all.shape[0] > capacity ? tf.slice(all, [0, 0], [capacity, all.shape[1]]) : all;
  });
  return { capacity, embeddings: next };
}

/** Whether the queue takes part in the assignment: the official code waits until it is full. */
export function queueIsFull({ capacity, embeddings }: EmbeddingQueue): boolean {
  return embeddings !== null && embeddings.shape[0] === capacity;
}
