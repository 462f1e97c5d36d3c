/** The case lists of all ops, for conformance suites and benchmarks: `@jembench/core/cases`. */
import { attentionSuite } from './ops/attention/cases.js';
import { batchNormSuite } from './ops/batch-norm/cases.js';
import { covarianceSuite } from './ops/covariance/cases.js';
import { contrastSuite } from './ops/contrast/cases.js';
import { crossCorrelationSuite } from './ops/cross-correlation/cases.js';
import { crossEntropySuite } from './ops/cross-entropy/cases.js';
import { offDiagonalPenaltySuite, offDiagonalSquaresSuite } from './ops/decorrelation/cases.js';
import { emaSuite } from './ops/ema/cases.js';
import { geluSuite } from './ops/gelu/cases.js';
import { l2NormaliseSuite } from './ops/l2-normalise/cases.js';
import { layerNormSuite } from './ops/layer-norm/cases.js';
import type { OpSuite } from './ops/op-case.js';
import { redundancySuite } from './ops/redundancy/cases.js';
import { sinkhornSuite } from './ops/sinkhorn/cases.js';
import { logSoftargmaxSuite, softargmaxSuite } from './ops/softargmax/cases.js';
import { standardiseSuite } from './ops/standardise/cases.js';
import { varianceHingeSuite } from './ops/variance-hinge/cases.js';

export { columnsOf, meanOverDeviation, rowsOf } from './ops/case-inputs.js';
export type { Array64, Arrays } from './ops/array64.js';
export type { CaseTolerance, OpCase, OpSuite, Tensors } from './ops/op-case.js';

/** Every op of the package. */
export const opSuites: readonly OpSuite[] = [
  covarianceSuite,
  offDiagonalPenaltySuite,
  offDiagonalSquaresSuite,
  crossCorrelationSuite,
  redundancySuite,
  standardiseSuite,
  varianceHingeSuite,
  l2NormaliseSuite,
  sinkhornSuite,
  softargmaxSuite,
  logSoftargmaxSuite,
  crossEntropySuite,
  contrastSuite,
  emaSuite,
  layerNormSuite,
  batchNormSuite,
  geluSuite,
  attentionSuite,
];
