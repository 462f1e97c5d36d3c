import {
  ShapeError,
  checkNumber,
  checkShapes,
  logSoftargmax,
  softargmax,
  tf,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@jembench/core';
import { checkCropCount, listed } from './checks.js';
import { crossCropEntropy } from './crop-entropy.js';
import { constant, scoped } from './scope.js';
import { totalSum } from './sums.js';

export interface DinoOptions {
  readonly studentTemperature: number;
  /** The value of this step: a schedule's business (0.04, perhaps warmed up to 0.07). */
  readonly teacherTemperature: number;
  readonly centreMomentum: number;
}

export interface DinoLoss {
  /** `teacherEntropy + divergence`. */
  readonly total: Scalar;
  /** Mean entropy of the teacher's distributions: 0 is one-hot, `ln K` is uniform (collapse, and the loss then stays at `ln K`). */
  readonly teacherEntropy: Scalar;
  /** Mean Kullback-Leibler divergence of the student from the teacher. */
  readonly divergence: Scalar;
  /** `[K]`, the centre of the next step. */
  readonly centre: Tensor1D;
}

/**
 * DINO's self-distillation over crops.
 *
 *     mean over teacher crops t and student crops v != t of  mean_n  -sum_k q_t[n,k] log_softmax(s_v / T_s)[n,k]
 *     q_t = softmax((x_t - c) / T_t)
 *     next c = m c + (1 - m) mean of all teacher rows        (after the loss, which uses the old c)
 *
 * No gradient reaches the teacher or the centre. Nothing is mutated: pass `centre` back in at the next step.
 *
 * @param student `[N, K]` each: the student's output for every crop, the teacher's crops first.
 * @param teacher `[N, K]` each: the teacher's output for the global crops, in the student's order.
 * @param centre `[K]`, zero before the first step.
 * @throws ShapeError "dino: teacher[0] has K=4, wanted K=8 as in student[0]"; for fewer than two student crops, or more teacher
 *   crops than student crops.
 * @see Caron et al., arXiv:2104.14294; facebookresearch/dino@7c446df main_dino.py
 */
export function dino(
  student: readonly Tensor2D[],
  teacher: readonly Tensor2D[],
  centre: Tensor1D,
  { studentTemperature = 0.1, teacherTemperature = 0.04, centreMomentum = 0.9 }: Partial<DinoOptions> = {},
): DinoLoss {
  checkCropCount('dino', 'student', student, 2);
  checkCropCount('dino', 'teacher', teacher, 1);
  checkShapes('dino', {
    ...listed('student', student, 'N K'),
    ...listed('teacher', teacher, 'N K'),
    centre: [centre, 'K'],
  });
  if (teacher.length > student.length) {
    throw new ShapeError(`dino: teacher, got ${teacher.length} crops, wanted at most the student's ${student.length}`);
  }
  checkNumber('dino', 'studentTemperature', studentTemperature, { above: 0 });
  checkNumber('dino', 'teacherTemperature', teacherTemperature, { above: 0 });
  checkNumber('dino', 'centreMomentum', centreMomentum, { from: 0, to: 1 });
  return scoped(() => {
    const targets = teacher.map((x, crop) => ({
      crop,
      probabilities: constant(x, (t) => softargmax(tf.sub<Tensor2D>(t, centre), { temperature: teacherTemperature })),
    }));
    const total = crossCropEntropy(targets, student, studentTemperature);
    const teacherEntropy = meanEntropy(teacher, centre, teacherTemperature);
    return {
      total,
      teacherEntropy,
      divergence: tf.sub(total, teacherEntropy),
      centre: nextCentre(teacher, centre, centreMomentum),
    };
  });
}

function meanEntropy(teacher: readonly Tensor2D[], centre: Tensor1D, temperature: number): Scalar {
  return constant(tf.concat([...teacher], 0), (x) => {
    const logits = tf.sub<Tensor2D>(x, centre);
    const entropy = totalSum(tf.mul(softargmax(logits, { temperature }), logSoftargmax(logits, { temperature })));
    return tf.div<Scalar>(entropy, -x.shape[0]);
  });
}

function nextCentre(teacher: readonly Tensor2D[], centre: Tensor1D, momentum: number): Tensor1D {
  return constant(tf.concat([...teacher], 0), (x) => {
    return tf.add<Tensor1D>(tf.mul(centre, momentum), tf.mul(tf.mean(x, 0), 1 - momentum));
  });
}
