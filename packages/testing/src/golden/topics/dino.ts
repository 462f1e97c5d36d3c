import { tf, type Tensor2D } from '@jembench/core';
import { dino } from '@jembench/losses';
import { teacherTemperature } from '@jembench/trainers';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const dinoTopic: GoldenTopic = {
  name: 'dino',
  // The sums over classes and rows; every row has passed a softmax, whose rounding float32_error holds.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const crops = reader.param<number>('ncrops');
    const batch = reader.param<number>('batch');
    const inputs = { student: reader.inputTensor('student') as Tensor2D };
    const rows = reader.inputTensor('teacher') as Tensor2D;
    const teacher = tf.split<Tensor2D>(rows, rows.shape[0] / batch);
    const centre = tf.tensor1d(reader.param<number[]>('centerBefore'));
    const options = {
      studentTemperature: reader.param<number>('studentTemp'),
      teacherTemperature: reader.param<number>('teacherTemp'),
      centreMomentum: reader.param<number>('centerMomentum'),
    };
    checkSchedule(reader, options.teacherTemperature);
    const loss = dino(tf.split<Tensor2D>(inputs.student, crops), teacher, centre, options);
    reader.expectScalar('total', loss.total);
    reader.expectArray('center_after', loss.centre, { error: 'center' });
    const grads = gradients(
      inputs,
      ({ student }) => dino(tf.split<Tensor2D>(student, crops), teacher, centre, options).total,
    );
    reader.expectGradient('student', grads.student);
  },
};

/** The case states its temperature twice: as a number, and as the schedule and epoch it comes from. */
function checkSchedule(reader: CaseReader, stated: number): void {
  const schedule = teacherTemperature({
    warmup: reader.param('warmupTeacherTemp'),
    final: reader.param('finalTeacherTemp'),
    warmupEpochs: reader.param('warmupTeacherTempEpochs'),
  });
  const scheduled = schedule(reader.param('epoch'));
  if (Math.abs(scheduled - stated) > 1e-12) {
    throw new Error(`the schedule gives the teacher temperature ${scheduled}, the case says ${stated}`);
  }
}
