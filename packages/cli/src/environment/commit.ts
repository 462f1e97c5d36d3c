import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: packageFolder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5000,
  }).trim();
}

/**
 * The commit of the checkout that this code runs from, with `-dirty` where tracked files differ from it.
 *
 * `unknown` where the package is installed rather than checked out, and where there is no git.
 */
export function currentCommit(): string {
  try {
    if (git('ls-files', 'package.json') === '') return 'unknown';
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? '-dirty' : ''}`;
  } catch {
    return 'unknown';
  }
}
