import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '@jembench/core';
import { scratch } from '../../fixtures/scratch.js';
import { browserFinding, checkBrowserName, checkDisplay } from './find.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder with a program of that name, which does nothing. */
function folderWith(name: string): string {
  const folder = scratch();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), 0o755);
  return folder;
}

describe.skipIf(process.platform === 'win32')('a browser', () => {
  it.each([
    ['firefox', 'firefox-esr'],
    ['webkit', 'epiphany'],
  ])('%s of the distribution (%s) is not taken, and what to do is said in one line', (name, program) => {
    const folder = folderWith(program);
    vi.stubEnv('PATH', [folder, '/nowhere'].join(delimiter));
    const { found, problem } = browserFinding(name);
    // Where Playwright's own is installed, that is taken.
    if (found !== null) return;
    expect(problem).toBe(
      `browser: ${name}, got ${join(folder, program)}, which is not the build that Playwright drives, wanted one; ` +
        `run "npx playwright-core install ${name}"`,
    );
    vi.stubEnv('PATH', '/nowhere');
    expect(browserFinding(name).problem).toBe(
      `browser: ${name}, got none, wanted one; run "npx playwright-core install ${name}"`,
    );
  });

  it('that is no Chromium is refused by its path before it is started as one', () => {
    const path = join(folderWith('firefox-esr'), 'firefox-esr');
    expect(() => {
      checkBrowserName(path);
    }).toThrow(
      new InputError(
        `--browser: program, got ${path}, wanted the path of a Chromium: Playwright drives its own firefox alone; ` +
          'run "npx playwright-core install firefox", then take --browser firefox',
      ),
    );
  });
});

describe.skipIf(process.platform !== 'linux')('a window', () => {
  it('needs a display, and its absence is told in one line', () => {
    const check = (headed: boolean, environment: NodeJS.ProcessEnv) => () => {
      checkDisplay(headed, environment);
    };
    expect(check(true, { DISPLAY: '' })).toThrow(
      /^--headed: display, got none \(.*\), wanted one; leave --headed out, or put xvfb-run before the command$/,
    );
    expect(check(true, { DISPLAY: ':0' })).not.toThrow();
    expect(check(true, { WAYLAND_DISPLAY: 'wayland-0' })).not.toThrow();
    expect(check(false, {})).not.toThrow();
  });
});
