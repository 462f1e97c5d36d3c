import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The first of these programs that the PATH has, as a full path; null where it has none. */
export function onPath(names: readonly string[]): string | null {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '')) {
      for (const suffix of suffixes) {
        const path = join(folder, name + suffix);
        if (isProgram(path)) return path;
      }
    }
  }
  return null;
}

/** Python: what `JEMBENCH_PYTHON` names, a path or a program of the PATH; without it the PATH's own. Null where there is none. */
export function pythonProgram(): string | null {
  const named = process.env.JEMBENCH_PYTHON ?? '';
  if (named === '') return onPath(['python3', 'python']);
  if (!/[\\/]/.test(named)) return onPath([named]);
  const path = resolve(named);
  return isProgram(path) ? path : null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Versions of Python and of packages that it has, without importing them; null for what is not there. */
export function pythonVersions(packages: readonly string[]): {
  python: string | null;
  packages: Record<string, string | null>;
} {
  const none = Object.fromEntries(packages.map((name) => [name, null]));
  const python = pythonProgram();
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
