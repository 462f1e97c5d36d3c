import { useBackend, type BackendName } from '@jembench/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGoldenFiles } from './files.js';
import { runGoldenCase } from './run.js';
import { topics } from './topics.js';

/** Declares one test for every case of the embedded golden files, on one backend. */
export function describeEmbeddedGoldens(backend: BackendName): void {
  const known = new Map(topics.map((topic) => [topic.name, topic]));
  describe(`golden files on ${backend}`, () => {
    beforeAll(() => useBackend(backend));
    for (const file of readGoldenFiles('embedded')) {
      describe(file.topic, () => {
        for (const goldenCase of file.cases) {
          it(goldenCase.name, async () => {
            const topic = known.get(file.topic);
            if (topic === undefined) throw new Error(`no topic of the table runs ${file.where}`);
            expect((await runGoldenCase(topic, goldenCase)).failures).toEqual([]);
          });
        }
      });
    }
  });
}
