export { trainingBenchmarks, type SideBySide } from './benchmarks.js';
export { stepRow } from './rows.js';
