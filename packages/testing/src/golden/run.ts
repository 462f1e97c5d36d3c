import { InputError, tf } from '@jembench/core';
import { TrackingCaseReader } from './case-reader.js';
import type { GoldenFailure } from './comparison.js';
import { readGoldenFiles } from './files.js';
import type { GoldenCase, GoldenFile } from './format.js';
import type { GoldenTopic } from './topic.js';
import { topics as allTopics } from './topics.js';

/** What a topic's cases came to. `failed` counts cases; one of them may hold several failures. */
export interface TopicResult {
  readonly topic: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly GoldenFailure[];
}

export interface GoldenRun {
  /** A folder of golden files, or the copies in this package. */
  readonly source: string;
  /** Only these topics of the folder; all of them when absent. */
  readonly topics?: readonly string[];
  /** The code under test, for the runner's own tests. */
  readonly table?: readonly GoldenTopic[];
}

/**
 * Runs golden files on the backend that is active, one topic after another.
 *
 * Every file is read and checked before the first topic runs. A case that lacks a field its topic needs is counted as failed, the rest
 * still runs, and the generator ends with an InputError that names it: what cannot be read is not a mere difference of numbers.
 *
 * @throws InputError for files that cannot be read (see `readGoldenFiles`), a topic nobody knows, a topic asked for and not there.
 */
export async function* runGolden(options: GoldenRun): AsyncGenerator<TopicResult> {
  const unreadable: string[] = [];
  for (const { file, topic } of plan(options)) {
    const failures: GoldenFailure[] = [];
    let failed = 0;
    for (const goldenCase of file.cases) {
      const outcome = await runGoldenCase(topic, goldenCase);
      failures.push(...outcome.failures);
      if (outcome.failures.length > 0) failed++;
      if (outcome.unreadable !== undefined) unreadable.push(outcome.unreadable);
    }
    yield { topic: topic.name, passed: file.cases.length - failed, failed, failures };
  }
  if (unreadable.length > 0) {
    const more = unreadable.length > 1 ? ` (and ${unreadable.length - 1} more cases that cannot be read)` : '';
    throw new InputError(`${unreadable[0]}${more}`);
  }
}

export interface CaseOutcome {
  readonly failures: readonly GoldenFailure[];
  /** Set when the case itself is at fault: the message of the InputError. */
  readonly unreadable?: string;
}

/** Runs one case; whatever it throws is one of its failures. Leaves no tensor behind. */
export async function runGoldenCase(topic: GoldenTopic, goldenCase: GoldenCase): Promise<CaseOutcome> {
  // Its arrays were checked when it was parsed, and the cases that refer to it have read its fields.
  if (goldenCase.dataOnly) return { failures: [] };
  const reader = new TrackingCaseReader(goldenCase, topic.tolerance);
  tf.engine().startScope(`golden ${topic.name}`);
  try {
    await topic.run(reader);
    const mismatches = await reader.finish();
    return { failures: mismatches.map((mismatch) => ({ case: goldenCase.name, ...mismatch })) };
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const failure = { case: goldenCase.name, field: 'run', got, wanted: 'a result', tolerance: null, error: null };
    return { failures: [failure], unreadable: error instanceof InputError ? error.message : undefined };
  } finally {
    reader.dispose();
    tf.engine().endScope();
  }
}

function plan({ source, topics, table = allTopics }: GoldenRun): readonly { file: GoldenFile; topic: GoldenTopic }[] {
  const files = readGoldenFiles(source);
  const known = new Map(table.map((topic) => [topic.name, topic]));
  for (const wanted of topics ?? []) {
    if (!files.some((file) => file.topic === wanted)) {
      const there = files.map((file) => file.topic).join(', ');
      throw new InputError(`golden ${source}: topic, got "${wanted}", wanted one of the folder's: ${there}`);
    }
  }
  return files
    .filter((file) => topics === undefined || topics.includes(file.topic))
    .map((file) => {
      const topic = known.get(file.topic);
      if (topic === undefined) {
        throw new InputError(
          `${file.where}: topic, got "${file.topic}", wanted one of ${[...known.keys()].join(', ')}`,
        );
      }
      return { file, topic };
    });
}
