/** How a page ends that was to answer: what it says then, in one line, the same for every driver. */
import type { Browser, Page } from 'playwright-core';
import { errorLine } from '../../error-line.js';

export function whenBrowserEnds(browser: Browser, gone: (why: string) => void): void {
  browser.on('disconnected', () => {
    gone('browser: ended, or was killed, while the page was at work');
  });
}

export function whenPageEnds(page: Page, gone: (why: string) => void): void {
  let trouble = '';
  page.on('console', (line) => {
    if (line.type() === 'error') trouble = `: ${line.text().split('\n')[0]}`;
  });
  page.on('pageerror', (error) => {
    gone(thrownLine(error));
  });
  page.on('crash', () => {
    gone(`page: crashed, or was killed (out of memory, perhaps)${trouble}`);
  });
  page.on('close', () => {
    gone('page: was closed');
  });
}

/**
 * What a page or its worker threw, and where: Playwright calls both errors of the page.
 *
 * The page tells of its worker as well (`worker.onerror`), in the same words: whichever arrives first is the reason.
 */
export function thrownLine(error: Error): string {
  const place = /(https?:\/\/[^\s()]*?):(\d+):\d+/.exec(error.stack ?? '');
  const thrower = place?.[1].endsWith('/worker.js') === true ? 'worker' : 'script';
  return `page: ${thrower}, got ${errorLine(error)}${place === null ? '' : ` (${place[1]}:${place[2]})`}`;
}
