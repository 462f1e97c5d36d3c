import type { GoldenTopic } from './topic.js';

/**
 * Every topic that can be run, in the order of the report. A new topic is a file in `topics/` that exports one `GoldenTopic`, and one
 * import and one entry here; golden files of a topic that is not in this table are an error.
 */
export const topics: readonly GoldenTopic[] = [];
