import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these programs that the PATH has, as a full path; null where it has none. */
export function onPath(names: readonly string[]): string | null {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '')) {
      for (const suffix of suffixes) {
        const path = join(folder, name + suffix);
        try {
          accessSync(path, constants.X_OK);
          return path;
        } catch {
          // Not here.
        }
      }
    }
  }
  return null;
}

/** Versions of Python and of packages that it has, without importing them; null for what is not there. */
export function pythonVersions(packages: readonly string[]): {
  python: string | null;
  packages: Record<string, string | null>;
} {
  const none = Object.fromEntries(packages.map((name) => [name, null]));
  const python = onPath(['python3', 'python']);
  if (python === null) return { python: null, packages: none };
  const program = [
    'import sys, json, importlib.metadata as m',
    'def v(n):',
    '    try: return m.version(n)',
    '    except Exception: return None',
    'print(json.dumps({"python": sys.version.split()[0], "packages": {n: v(n) for n in sys.argv[1:]}}))',
  ].join('\n');
  const { status, stdout } = spawnSync(python, ['-c', program, ...packages], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return { python: null, packages: none };
  return JSON.parse(stdout) as ReturnType<typeof pythonVersions>;
}
