import { Command, Option } from 'commander';
import type { ExitCode } from '../exit.js';

/** How a command ends: its exit code is told by `finish`, since commander's actions return nothing. */
export type Finish = (code: ExitCode) => void;

export interface Example {
  readonly line: string;
  readonly about: string;
}

/** A subcommand with what all of them have: `--json`, a help text with examples. */
export function subcommand(name: string, about: string, examples: readonly Example[]): Command {
  const lines = examples.map((example) => `  $ jembench ${example.line}\n      ${example.about}`);
  return new Command(name)
    .description(about)
    .addOption(new Option('--json', 'print JSON on stdout, one object a line, and nothing else').default(false))
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** For an option that may be repeated: all that was typed. */
export const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];
