import { existsSync } from 'node:fs';
import { basename, sep } from 'node:path';
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

/** Other browsers as distributions have them: Playwright drives builds of its own alone. */
const othersPrograms = { firefox: ['firefox', 'firefox-esr'], webkit: ['epiphany', 'MiniBrowser', 'safari'] } as const;

/** @throws InputError for what is neither the name of a browser nor the path of a Chromium. */
export function checkBrowserName(wanted: string): void {
  if (!isPath(wanted)) {
    knownName('--browser', 'browser', wanted, browserNames);
    return;
  }
  const program = `--browser: program, got ${wanted}`;
  if (!existsSync(wanted)) throw new InputError(`${program}, which is not there, wanted the path of a Chromium`);
  for (const [name, programs] of Object.entries(othersPrograms)) {
    if (!programs.some((known) => known === basename(wanted, '.exe'))) continue;
    const instead = `run "${download(name)}", then take --browser ${name}`;
    throw new InputError(
      `${program}, wanted the path of a Chromium: Playwright drives its own ${name} alone; ${instead}`,
    );
  }
}

/** @throws InputError where a window is to be shown and there is nothing to show it on. */
export function checkDisplay(headed: boolean, environment: NodeJS.ProcessEnv = process.env): void {
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = environment;
  if (!headed || process.platform !== 'linux' || DISPLAY + WAYLAND_DISPLAY !== '') return;
  throw new InputError(
    '--headed: display, got none (DISPLAY and WAYLAND_DISPLAY are empty), wanted one; leave --headed out, or put xvfb-run before the command',
  );
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
  const other = name === 'chromium' ? null : onPath(othersPrograms[name]);
  const got = other === null ? 'none' : `${other}, which is not the build that Playwright drives`;
  throw new InputError(`browser: ${name}, got ${got}, wanted one; ${advice(name)}`);
}

const download = (name: string): string => `npx playwright-core install ${name}`;

function advice(name: string): string {
  const fetch = `run "${download(name)}"`;
  return name === 'chromium' ? `${fetch}, or install your distribution's chromium` : fetch;
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
