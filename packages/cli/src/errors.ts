import { CommanderError } from 'commander';
import { JembenchError } from '@jembench/core';
import { HarnessError } from '@jembench/harness';
import { errorLine, isSystemError } from './error-line.js';
import { ExitCode } from './exit.js';
import { say } from './output/stdout.js';

/** The user's Ctrl-C or a SIGTERM: not a failure, but an end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Errors that the user can act on: the message is enough. */
function isUsersError(error: unknown): boolean {
  return error instanceof JembenchError || error instanceof HarnessError || isSystemError(error);
}

/**
 * Says an error in one line on stderr and returns the exit code that belongs to it.
 *
 * The stack is shown only with `JEMBENCH_DEBUG=1`.
 */
export function reportError(error: unknown): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof Interrupted) {
    say(`jembench: ${error.message}`);
    return ExitCode.interrupted;
  }
  const usersError = isUsersError(error);
  say(
    usersError
      ? `jembench: ${errorLine(error)}`
      : `jembench: internal error: ${errorLine(error)}; this is a bug of jembench, JEMBENCH_DEBUG=1 shows where`,
  );
  if (process.env.JEMBENCH_DEBUG === '1' && error instanceof Error) say(error.stack ?? '');
  return usersError ? ExitCode.usage : ExitCode.internal;
}

/** commander's own findings (unknown option, missing argument); help and version are no errors. */
function reportUsage(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return ExitCode.done;
  const text = errorLine(error).replace(/^error: /, '');
  say(`jembench: ${text}${/[.)?]$/.test(text) ? '' : ';'} see --help`);
  return ExitCode.usage;
}
