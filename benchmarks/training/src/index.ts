export { trainingBenchmarks } from './benchmarks.js';
export type { SideBySide } from './beside.js';
export { stepRow } from './rows.js';
