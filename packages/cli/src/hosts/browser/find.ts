import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { InputError } from '@jembench/core';
import { chromium, firefox, webkit, type BrowserType } from 'playwright-core';
import { onPath } from '../../environment/programs.js';
import { knownName } from '../../parse/nearest.js';

const types = { chromium, firefox, webkit } as const;

const browserNames = Object.keys(types) as (keyof typeof types)[];

/** Names that Chromium goes by on a PATH. */
const chromiumPrograms = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

export interface FoundBrowser {
  readonly type: BrowserType;
  /** The program; null where it is Playwright's own, which finds it by itself. */
  readonly executable: string | null;
}

const isPath = (wanted: string): boolean => wanted.includes('/') || wanted.includes(sep);

/** @throws InputError for what is neither the name of a browser nor the path of a program. */
export function checkBrowserName(wanted: string): void {
  if (isPath(wanted)) {
    if (existsSync(wanted)) return;
    throw new InputError(`--browser: program, got ${wanted}, which is not there, wanted the path of a Chromium`);
  }
  knownName('--browser', 'browser', wanted, browserNames);
}

/**
 * A browser by its name (Playwright's own download, else the distribution's Chromium on the PATH), or by the path of a Chromium.
 *
 * @throws InputError, which says what to do, where there is none.
 */
export function findBrowser(wanted: string): FoundBrowser {
  checkBrowserName(wanted);
  if (isPath(wanted)) return { type: chromium, executable: wanted };
  const name = wanted as (typeof browserNames)[number];
  const type = types[name];
  if (existsSync(type.executablePath())) return { type, executable: null };
  const executable = name === 'chromium' ? onPath(chromiumPrograms) : null;
  if (executable !== null) return { type, executable };
  throw new InputError(`browser: ${name}, got none, wanted one; ${advice(name)}`);
}

function advice(name: string): string {
  const download = `npx playwright-core install ${name}`;
  return name === 'chromium' ? `run "${download}", or install your distribution's chromium` : `run "${download}"`;
}

/** The browser that `--browser` names, in words; null and why where there is none. */
export function browserFinding(wanted: string): { found: string | null; problem: string } {
  try {
    const { type, executable } = findBrowser(wanted);
    return { found: executable ?? type.executablePath(), problem: '' };
  } catch (error) {
    return { found: null, problem: (error as Error).message };
  }
}
