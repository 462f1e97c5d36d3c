export { adamw, type AdamWOptions } from './adamw.js';
export { clippedByNorm } from './clip.js';
export { biasesAndNorms, type WeightGroup } from './groups.js';
export { lars, type LarsOptions } from './lars.js';
export type { NamedTensors, Optimiser, OptimiserState, StepValues, UpdateRule } from './optimiser.js';
export {
  cosineEma,
  linear,
  scaledLearningRate,
  teacherTemperature,
  warmupCosine,
  type CosineEmaOptions,
  type LinearOptions,
  type Schedule,
  type TeacherTemperatureOptions,
  type WarmupCosineOptions,
} from './schedules.js';
export { sgd, type SgdOptions } from './sgd.js';
