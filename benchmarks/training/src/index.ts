export { trainingBenchmarks } from './benchmarks.js';
export { stepRow } from './rows.js';
