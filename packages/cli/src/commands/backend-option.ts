import type { Command } from 'commander';
import { backendNames, InputError, type BackendName } from '@jembench/core';
import { choiceText } from '../auto/choice.js';
import { fastestBackend } from '../auto/memory.js';
import type { HostName } from '../jobs/job.js';
import { say } from '../output/stdout.js';
import { hostsOf } from '../parse/hosts.js';
import { knownName } from '../parse/nearest.js';
import { listOf } from '../parse/numbers.js';

/** What `--backend` takes: a backend, or `auto`, the fastest of Node on this machine. */
const words = [...backendNames, 'auto'] as const;

export type BackendWord = (typeof words)[number];

export const addBackendOption = (command: Command): Command =>
  command.option('--backend <name>', `one of ${words.join(', ')} (the fastest of Node here, measured once)`, 'wasm');

export const addBackendsOption = (command: Command): Command =>
  command.option('--backend <list>', `some of ${words.join(', ')} (the fastest of Node here, measured once)`, 'wasm');

/** The words of `--backend a,b`. @throws InputError for an unknown one. */
export const backendWords = (typed: string): BackendWord[] => listOf('--backend', typed).map(backendWord);

/** The word of `--backend a`. @throws InputError for an unknown one. */
export const backendWord = (typed: string): BackendWord => knownName('--backend', 'backend', typed, words);

/**
 * The backend that a word stands for: from here on nobody knows that it was `auto`, neither rows nor hashes nor processes.
 *
 * @throws BackendError where `auto` finds none that runs.
 */
export async function chosenBackend(word: BackendWord): Promise<BackendName> {
  if (word !== 'auto') return word;
  const choice = await fastestBackend((line) => {
    say(`--backend auto: ${line}`);
  });
  say(`--backend auto: ${choiceText(choice)}; measured ${choice.measuredAt.slice(0, 10)}`);
  return choice.backend;
}

/** The same for some, each once. */
export async function chosenBackends(words: readonly BackendWord[]): Promise<BackendName[]> {
  const chosen: BackendName[] = [];
  for (const word of words) chosen.push(await chosenBackend(word));
  return [...new Set(chosen)];
}

/**
 * Where a command runs that was not told where: with `auto` without the browser, which is said.
 *
 * @throws InputError for `auto` where the browser was asked for: what is measured are processes of Node.
 */
export function hostsByDefault(
  words: readonly BackendWord[],
  { host }: { readonly host?: string },
  byDefault: readonly HostName[],
): readonly HostName[] {
  const names = host === undefined ? byDefault : hostsOf(host);
  if (!words.includes('auto') || !names.includes('browser')) return byDefault;
  if (host !== undefined) {
    throw new InputError(
      '--backend: backend, got auto for a browser, wanted its name (wasm, webgl or webgpu): auto is the fastest of Node',
    );
  }
  say('skipped: the browser; --backend auto is the fastest of Node');
  return names.filter((name) => name !== 'browser');
}

/** The words of a command line with the chosen backends in place of what was typed: the command of a row makes that row again. */
export const withBackend = (args: readonly string[], typed: string, chosen: string): string[] =>
  args.map((word, i) => {
    if (word === typed && args[i - 1] === '--backend') return chosen;
    return word === `--backend=${typed}` ? `--backend=${chosen}` : word;
  });
