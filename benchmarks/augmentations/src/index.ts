export { augmentationBenchmarks } from './benchmarks.js';
export { augmentationRow, augmentationTable, type AugmentationRow } from './rows.js';
