import type { Command } from 'commander';
import { useBackend } from '@jembench/core';
import { goldenTopics, runGolden, type GoldenFailure } from '@jembench/testing';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { listOf } from '../parse/numbers.js';
import { addBackendOption, backendWord, chosenBackend } from './backend-option.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly backend: string;
  readonly topics?: string;
}

export function goldenCommand(finish: Finish): Command {
  const command = subcommand('golden', 'run every case of the golden files in a folder', [
    { line: 'golden ../shared/golden', about: 'all topics on the default backend' },
    {
      line: 'golden embedded --backend cpu --topics vicreg,dino',
      about: 'the copies that travel with jembench, two topics',
    },
  ]).argument('<dir>', 'a folder of golden files, or "embedded"');
  return addBackendOption(command)
    .option('--topics <list>', 'only these topics, separated by commas')
    .action(async (source: string, options: Options) => {
      finish(await golden(source, options));
    });
}

async function golden(source: string, { json, backend, topics }: Options): Promise<ExitCode> {
  const wanted = topics === undefined ? undefined : listOf('--topics', topics);
  for (const name of wanted ?? [])
    knownName(
      '--topics',
      'topic',
      name,
      goldenTopics.map((topic) => topic.name),
    );
  await useBackend(await chosenBackend(backendWord(backend)));
  const all = { passed: 0, failed: 0 };
  const line = (topic: string, passed: number, failed: number): void => {
    print(json ? JSON.stringify({ topic, passed, failed }) : `${topic}: ${passed} passed, ${failed} failed`);
  };
  try {
    for await (const result of runGolden({ source, topics: wanted })) {
      line(result.topic, result.passed, result.failed);
      for (const failure of result.failures) say(`${result.topic} ${failureText(failure)}`);
      all.passed += result.passed;
      all.failed += result.failed;
    }
  } finally {
    // What cannot be read ends the run with exit code 2; what was run up to there is still told.
    if (all.passed + all.failed > 0) line('all', all.passed, all.failed);
  }
  return all.failed === 0 ? ExitCode.done : ExitCode.failed;
}

function failureText({ case: name, field, got, wanted, error, tolerance }: GoldenFailure): string {
  const by = error === null || tolerance === null ? '' : `, error ${error} above ${tolerance}`;
  return `case "${name}" ${field}: got ${got}, wanted ${wanted}${by}`;
}
