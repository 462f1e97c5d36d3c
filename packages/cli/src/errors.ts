import { CommanderError } from 'commander';
import { JembenchError } from '@jembench/core';
import { HarnessError } from '@jembench/harness';
import { ExitCode } from './exit.js';
import { say } from './output/stdout.js';

/** The user's Ctrl-C or a SIGTERM: not a failure, but an end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What the operating system refuses, in words; the code stays for those who know it. */
const systemErrors: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'a folder, wanted a file',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
  EEXIST: 'exists already',
  ENAMETOOLONG: 'the name is too long',
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in systemErrors;
}

/** An error in one line of text, without the stack. */
export function errorLine(error: unknown): string {
  if (isSystemError(error)) {
    const where = error.path ?? error.syscall ?? 'file';
    return `${where}: got ${systemErrors[error.code ?? '']} (${error.code ?? ''})`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim() || 'unknown error';
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
  return usersError ? ExitCode.usage : ExitCode.failed;
}

/** commander's own findings (unknown option, missing argument); help and version are no errors. */
function reportUsage(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return ExitCode.done;
  const text = errorLine(error).replace(/^error: /, '');
  say(`jembench: ${text}${/[.)?]$/.test(text) ? '' : ';'} see --help`);
  return ExitCode.usage;
}
