export { runGolden, runGoldenCase, type CaseOutcome, type GoldenRun, type TopicResult } from './golden/run.js';
export { readGoldenFiles } from './golden/files.js';
export { topics as goldenTopics } from './golden/topics.js';
export type { Actual, CaseReader, Expectation } from './golden/case-reader.js';
export type { GoldenFailure } from './golden/comparison.js';
export type { GoldenCase, GoldenFile, GoldenParam, GoldenSource } from './golden/format.js';
export type { GoldenTopic } from './golden/topic.js';
export type { Tolerance } from './golden/tolerance.js';
export { elements, isGoldenArray, type GoldenArray, type GoldenValue } from './golden/values.js';
export {
  conformanceItems,
  conformanceReport,
  type ConformanceItem,
  type ConformanceRow,
} from './conformance/report.js';
