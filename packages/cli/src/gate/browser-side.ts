import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { HarnessError } from '@jembench/harness';
import { noExchange } from '../hosts/browser/exchange.js';
import { whenBrowserEnds, whenPageEnds } from '../hosts/browser/gone.js';
import { launchedBrowser, launchLine, type LaunchedBrowser, type LaunchSetting } from '../hosts/browser/launch.js';
import { serveSite } from '../hosts/browser/server.js';
import { buildFinding } from './build-finding.js';
import { headRoot } from './checkout.js';
import type { ToSide } from './page/worker.js';
import type { Answer, StartSide } from './protocol.js';
import { RemoteSide, SideError, SideGone, type Channel } from './side.js';

/** How sides in a browser run. */
export interface BrowserSideSetting extends LaunchSetting {
  /** For how long a page may not answer before it counts as hanging. */
  readonly silenceSeconds: number;
}

/** How long it may take until it is known why a page is gone. */
const goneMs = 200;

/**
 * Sides in fresh browsers, each with a page that has the code of one folder and the head's harness. It is bundled once a folder.
 *
 * @param folder where the pages' files go; whoever owns it removes it.
 */
export function browserSides(setting: BrowserSideSetting, folder: string): StartSide {
  const sites = new Map<string, Promise<string>>();
  const siteOf = (root: string): Promise<string> => {
    const site = sites.get(root) ?? bundled(root, folder);
    sites.set(root, site);
    return site;
  };
  return async (root, side) => RemoteSide.load(await openedPage(await siteOf(root), setting), root, side);
}

/** @throws SideError where the code of a folder is none that a page can load. */
async function bundled(root: string, folder: string): Promise<string> {
  const site = await mkdtemp(join(folder, 'page-'));
  try {
    await promisify(execFile)(process.execPath, [join(headRoot, 'packages', 'cli', 'bundle.mjs'), root, site]);
    return site;
  } catch (error) {
    throw new SideError(`page of ${root}: got code that cannot be bundled (${buildFinding(error)})`);
  }
}

/** @throws HarnessError where there is no browser that opens a page: that says nothing of the code. */
async function openedPage(site: string, setting: BrowserSideSetting): Promise<Channel> {
  const leaving: (() => Promise<unknown>)[] = [];
  const end = async (): Promise<void> => {
    for (const leave of leaving.splice(0).reverse()) await leave().catch(() => undefined);
  };
  try {
    const server = await serveSite(site, noExchange);
    leaving.push(() => server.close());
    const launched = await launchedBrowser(setting);
    leaving.push(() => launched.end());
    const page = await (await launched.browser.newContext()).newPage();
    const gone = whyGone(launched, page);
    await page.goto(server.origin);
    return {
      ask: (ask) => answered(page, { ask, surroundings: launched.surroundings }, gone, setting.silenceSeconds),
      end,
    };
  } catch (error) {
    await end();
    throw new HarnessError(`browser: ${launchLine(error)}`);
  }
}

/** Resolves when nobody can answer any more. */
const whyGone = ({ browser }: LaunchedBrowser, page: Page): Promise<string> =>
  new Promise((resolve) => {
    whenBrowserEnds(browser, resolve);
    whenPageEnds(page, resolve);
  });

async function answered(page: Page, message: ToSide, gone: Promise<string>, silenceSeconds: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`page: said nothing for ${silenceSeconds} s, counted as hanging; --browser-limit allows it more`);
    }, 1000 * silenceSeconds);
  });
  const asked = page
    .evaluate(
      (content) => (globalThis as unknown as { jembenchAsk(message: ToSide): Promise<Answer> }).jembenchAsk(content),
      message,
    )
    // A page that ends takes the evaluation along: why it ended says more, and is known a moment later.
    .catch((error: unknown) => sleep(goneMs, `page: ${launchLine(error)}`));
  try {
    const end = await Promise.race([asked, gone, silence]);
    if (typeof end === 'string') throw new SideGone(end);
    return end;
  } finally {
    clearTimeout(timer);
  }
}
