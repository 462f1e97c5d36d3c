import { spawn } from 'node:child_process';
import { InputError } from '@jembench/core';
import { Interrupted } from '../errors.js';
import { onPath, pythonProgram } from '../environment/programs.js';

/** A program and its first arguments. */
export type Program = readonly [command: string, ...first: string[]];

/** What a set-up runs. */
export interface Programs {
  readonly pip: Program;
  readonly npm: Program;
  readonly compiler: Program;
}

/** @throws InputError that names what is missing and how to get it; `pip` only where it is needed. */
export function findPrograms(needsPip: boolean): Programs {
  const python = pythonProgram();
  if (needsPip && python === null) {
    throw missing(
      'Python',
      'Python 3 with pip; install them, or bring the wheel: --from DIR (JEMBENCH_PYTHON names another Python)',
    );
  }
  return { pip: [python ?? 'python3', '-m', 'pip'], npm: npmProgram(), compiler: compiler() };
}

/** @throws InputError where there is none. */
export function npmProgram(): Program {
  const running = process.env.npm_execpath ?? '';
  if (/npm[^/\\]*\.c?js$/.test(running)) return [process.execPath, running];
  const npm = onPath(['npm']);
  if (npm === null) throw missing('npm', 'npm, which comes with Node');
  return [npm];
}

function compiler(): Program {
  const named = (process.env.CXX ?? '').split(' ').filter((part) => part !== '');
  const [first, ...more] = named.length > 0 ? named : ['c++'];
  const path = named.length > 0 ? onPath([first]) : onPath(['c++', 'g++', 'clang++']);
  if (path === null && !first.includes('/')) {
    throw missing('C++ compiler', 'one (apt install g++, dnf install gcc-c++, or CXX=...)');
  }
  return [path ?? first, ...more];
}

const missing = (what: string, wanted: string): InputError =>
  new InputError(`setup: ${what}, got none on PATH, wanted ${wanted}`);

export interface RunOptions {
  readonly cwd: string;
  readonly stop: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines that say something, of both streams. */
  readonly lastLines: string;
}

/** Runs a program to its end. @throws Interrupted when `stop` fires; InputError where it does not start. */
export async function runProgram(
  [command, ...first]: Program,
  args: readonly string[],
  { cwd, stop, env = {} }: RunOptions,
): Promise<Ended> {
  stop.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => void child.kill('SIGTERM');
    stop.addEventListener('abort', kill, { once: true });
    let stdout = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      all = (all + text).slice(-20_000);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all = (all + text).slice(-20_000);
    });
    child.on('error', (error) => {
      stop.removeEventListener('abort', kill);
      reject(new InputError(`setup: ${command}, got ${error.message}, wanted a program that starts`));
    });
    child.on('close', (code) => {
      stop.removeEventListener('abort', kill);
      if (stop.aborted) reject(stop.reason instanceof Error ? stop.reason : new Interrupted('stopped'));
      else resolve({ code, stdout, lastLines: lastLines(all) });
    });
  });
}

function lastLines(text: string): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\[notice\]|^npm notice/.test(line));
  return lines.slice(-5).join(' | ');
}
