export { methods, type MethodName } from './methods/index.js';
export {
  defineMethod,
  type MaskPlan,
  type Method,
  type MethodDefinition,
  type MethodLoss,
  type MethodValues,
  type Moment,
  type Outputs,
  type Pass,
  type PatchPass,
  type RunLength,
  type TeacherPlan,
  type View,
  type ViewPlan,
} from './methods/define.js';
export {
  choice,
  flag,
  integer,
  optionValues,
  real,
  type Option,
  type OptionTable,
  type OptionValue,
  type OptionValues,
} from './methods/options.js';
export { kit, type Kit, type MlpOptions, type NetworkPlan } from './methods/kit.js';
export type { Recipe } from './methods/recipe.js';
export {
  encoderFile,
  encoders,
  vit,
  vitDefaults,
  type Encoder,
  type EncoderName,
  type EncoderSource,
  type ImageShape,
  type PatchEncoder,
  type VitOptions,
} from './encoders/index.js';
export { loadNetwork, modelArtifacts, registerLayers } from './layers/files.js';
export { L2Normalise, WeightNormalised } from './layers/heads.js';
export { MaskPixels, MaskToken } from './layers/mask.js';
export { PositionEmbedding, SelfAttention } from './layers/transformer.js';
export { planned, type Plan, type TrainConfig } from './training/config.js';
export { identityOf, train, type StepRecord, type TrainedRun, type TrainHooks } from './training/train.js';
export { disposeRun, startRun, type DataShape } from './training/run.js';
export {
  dropped,
  followed,
  gradient,
  type Batch,
  type Gradient,
  type RunState,
  type Teacher,
} from './training/step.js';
export { evaluate, type EvaluateOptions, type Evaluation } from './evaluation/evaluate.js';
export { featuresOf, type Features } from './evaluation/features.js';
export type { ClusterScores } from './evaluation/clusters.js';
export { teacherWeights, weightsHash } from './training/hash.js';
export type { NamedWeight } from './layers/weights.js';
export type { Networks } from './training/networks.js';
export {
  adamw,
  biasesAndNorms,
  clippedByNorm,
  cosineEma,
  lars,
  linear,
  scaledLearningRate,
  sgd,
  teacherTemperature,
  warmupCosine,
  type AdamWOptions,
  type CosineEmaOptions,
  type LarsOptions,
  type LinearOptions,
  type NamedTensors,
  type Optimiser,
  type OptimiserState,
  type Schedule,
  type SgdOptions,
  type StepValues,
  type TeacherTemperatureOptions,
  type UpdateRule,
  type WarmupCosineOptions,
  type WeightGroup,
} from './optimisers/index.js';
