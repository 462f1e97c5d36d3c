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

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
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
