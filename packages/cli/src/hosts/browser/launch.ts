import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserServer } from 'playwright-core';
import { errorLine } from '../../error-line.js';
import { machine } from '../node/environment.js';
import { findBrowser } from './find.js';
import type { Surroundings } from './page/environment.js';

/** Which browser, and how it is started. */
export interface LaunchSetting {
  /** `chromium`, `firefox`, `webkit`, or the path of a Chromium. */
  readonly browser: string;
  /** Shows the window. */
  readonly headed: boolean;
  /** More arguments of the browser's command line. */
  readonly args: readonly string[];
}

/** A browser of its own. */
export interface LaunchedBrowser {
  readonly browser: Browser;
  readonly surroundings: Surroundings;
  /** Ends it: afterwards no process of it is left. */
  end(): Promise<void>;
}

/** How long a browser may take to leave. */
const leaveMs = 3000;

/** Quiet and reproducible; WebGPU with a software adapter where there is no GPU. Firefox and WebKit know none of these. */
const chromiumArgs = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
];

/** @throws InputError where there is no such browser; what Playwright throws where it does not start (`launchLine`). */
export async function launchedBrowser(setting: LaunchSetting): Promise<LaunchedBrowser> {
  const { type, executable } = findBrowser(setting.browser);
  const args = [...(type.name() === 'chromium' ? chromiumArgs : []), ...setting.args];
  // Signals belong to the command, which decides what they mean.
  const process = await type.launchServer({
    ...{ args, headless: !setting.headed, timeout: 30_000 },
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    ...(executable !== null && { executablePath: executable }),
  });
  const end = (): Promise<void> => ended(process);
  try {
    const browser = await type.connect(process.wsEndpoint());
    const runtime = `${type.name()} ${browser.version()}`;
    const flags = { headless: !setting.headed, browserArgs: args.join(' ') };
    return { browser, surroundings: { machine: machine(), runtime, flags }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Playwright's messages go on for pages: the first line says what, a line of the browser's own often why. */
export function launchLine(error: unknown): string {
  const [first, ...more] = (error instanceof Error ? error.message : String(error)).split('\n');
  const cause = more.map((line) => line.trim()).find((line) => /error|cannot|not found|missing/i.test(line));
  return errorLine(new Error(cause === undefined ? first : `${first}: ${cause}`)).replace(/^browser: /, '');
}

/** Ends the browser, kindly for a moment. */
async function ended(process: BrowserServer): Promise<void> {
  const left = await Promise.race([process.close().then(() => true), sleep(leaveMs, false)]);
  if (!left) await Promise.race([process.kill(), sleep(leaveMs)]);
}
