import { InputError } from '@jembench/core';

/** What the operating system's code means and what one can do. */
const meanings: Record<string, readonly [what: string, advice: string]> = {
  ENOENT: ['nothing there', 'check the path'],
  ENOTDIR: ['a file where a folder should be', 'check the path'],
  EISDIR: ['a folder where a file should be', 'check the path'],
  EACCES: ['no permission', 'change the permissions or choose another folder'],
  EPERM: ['no permission', 'change the permissions or choose another folder'],
  EROFS: ['a file system that is read-only', 'choose another folder'],
  ENOSPC: ['no space left on the device', 'free some space or choose another folder'],
  EDQUOT: ['no space left in the quota', 'free some space or choose another folder'],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n)'],
};

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The error to throw when the file system refuses: one line, with the path and what to do.
 *
 * @param action what was tried, as in `read`.
 */
export function fileError(where: string, action: string, path: string, error: unknown): InputError {
  const code = errorCode(error);
  const [what, advice] = (code && meanings[code]) ?? [
    error instanceof Error ? error.message : String(error),
    'check the path',
  ];
  const suffix = code ? ` (${code})` : '';
  return new InputError(`${where}: ${action} ${path}, got ${what}${suffix}, wanted it to work; ${advice}`, {
    cause: error,
  });
}
