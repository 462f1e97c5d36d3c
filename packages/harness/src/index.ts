export { groupedBy } from './grouped.js';
export { HarnessError } from './errors.js';
export {
  assertComparable,
  fingerprintDifferences,
  type Fingerprint,
  type FingerprintDifference,
} from './fingerprint.js';
export { canonicalHash, runId, type Json, type RunIdentity } from './identity.js';

export {
  rowSchema,
  rowSchemaVersion,
  verdicts,
  type KernelRow,
  type Row,
  type RowContext,
  type RowKind,
  type StepRow,
  type TrainingRow,
  type Verdict,
} from './rows/schema.js';
export { checkedRow, encodeRow } from './rows/encode.js';
export { decodeRow, decodeRows } from './rows/decode.js';
export { rowKey, rowNames, shapeText, sizesText } from './rows/name.js';

export { mean, median, standardDeviation } from './statistics/samples.js';
export { meanInterval, oneSidedP, pairedInterval, type Interval } from './statistics/t.js';
export { tQuantile } from './statistics/distributions.js';
export { proportionInterval } from './statistics/proportion.js';
export type { Random } from './statistics/random.js';
export { medianInterval, type MedianInterval } from './statistics/median-interval.js';
export { holm, type HolmResult } from './statistics/holm.js';

export {
  defineBenchmark,
  type BenchmarkDeclaration,
  type BenchmarkImplementation,
  benchmarkProfiles,
  type BenchmarkProfile,
  type Cost,
  type Elsewhere,
  type OpenBenchmark,
  type Outputs,
  type Shape,
} from './bench/declaration.js';
export { peerImplementations, type Peer, type PeerCase, type PeerTensor } from './bench/peer.js';
export { assertFineClock, clockTick } from './bench/clock.js';
export { rowProducts, transposed, type Rows } from './bench/row-products.js';
export { agreement, type Agreement } from './bench/correctness.js';
export { throughput, type Ceilings, type Throughput } from './bench/ceilings.js';
export {
  defaultTiming,
  interleavedTimings,
  type TaskTimes,
  type TimedTask,
  type TimingOptions,
} from './bench/timing.js';
export {
  declaredRows,
  runBenchmarks,
  shapeCount,
  type BenchmarkHost,
  type MemoryCount,
  type RunOptions,
} from './bench/run.js';

export {
  changePoints,
  defaultChangePointRule,
  type ChangePoint,
  type ChangePointRule,
} from './history/change-points.js';
export {
  detectionReport,
  detectionSummary,
  syntheticHistory,
  usualChanges,
  usualNoise,
  type DetectionSummary,
} from './history/synthetic.js';
export { changeTable, detectionTable } from './history/table.js';
export { decodeNight, machineKey, nightsOf, type Night } from './history/night.js';
export { seriesChanges, seriesOf, type Series, type SeriesChange } from './history/series.js';

export type { Judged, LineVerdict } from './gate/line.js';
export {
  browserThroughputRule,
  lookedAgain,
  lookedAt,
  looks,
  repeated,
  throughputRule,
  type Looked,
  type ThroughputRule,
} from './gate/throughput.js';
export { pairRatio, timingLooks, TimingProcedure, type BlockPair, type Wanted } from './gate/procedure.js';
export {
  calibratedRate,
  drawnAccuracies,
  drawnGates,
  drawnTimings,
  liveAccuracies,
  liveTimings,
  type CalibratedRate,
  type CalibrationVerdicts,
  type RecordedTimings,
  type SeedPair,
} from './gate/calibration.js';
export {
  calibrationSchemaVersion,
  decodeCalibrationRecord,
  type CalibrationRecord,
  type CalibrationSetup,
  type SeedRecord,
  type TimingRecord,
} from './gate/calibration-record.js';
export {
  calibrationCsv,
  calibrationTable,
  calibrationVerdict,
  type CalibrationLine,
} from './gate/calibration-report.js';
export { accuracyJudged, accuracyMargin, type Seeded } from './gate/accuracy.js';
export { exactJudged } from './gate/exact.js';
export {
  gateVerdict,
  type ControlOutcome,
  type Gate,
  type GateLine,
  type GateVerdict,
  type LineKind,
} from './gate/overall.js';

export {
  compareRows,
  driftBetweenRuns,
  type ComparedRows,
  type Comparison,
  type ComparisonVerdict,
} from './compare/compare.js';
export { comparisonTable } from './compare/table.js';

export type { TextTable } from './formats/table.js';
export { figures, type Better, type Figure } from './formats/figures.js';
export { bencherMetrics, type BencherMetrics } from './formats/bencher.js';
export { githubActionBenchmark, type BenchmarkEntry } from './formats/github-action-benchmark.js';
export { jobSummary } from './formats/job-summary.js';
export { junitXml } from './formats/junit.js';
export { rowsCsv } from './formats/rows-csv.js';
export { compact } from './formats/numbers.js';
export { renderMarkdown, renderTerminal } from './formats/render.js';
export { kernelCsv, kernelTables, stepTables } from './formats/kernel-table.js';
export { ratioColumns } from './formats/ratio-columns.js';
export { groupLabel, trainingCsv, trainingTables } from './formats/training-table.js';
export { summary, trainingGroups, type TrainingGroup } from './formats/training-summary.js';
