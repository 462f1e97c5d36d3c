import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { makeFolder } from '../../suite/make-folder.js';
import type { FromWorker, Job } from '../../jobs/job.js';
import { tell, type JobEnd, type JobEvents } from '../host.js';
import { whenBrowserEnds, whenPageEnds } from './gone.js';
import { launchedBrowser, launchLine, type LaunchSetting } from './launch.js';
import type { ToPage } from './page/worker.js';
import { serveSite, type Exchange } from './server.js';

/** How pages are run. */
export interface BrowserSetting extends LaunchSetting {
  /** For how long a page may say nothing before it counts as hanging. */
  readonly silenceSeconds: number;
  /** Where the trace of a page that failed goes. */
  readonly traces: string;
}

/** How long a page may take to finish its step and save its state after it was asked to stop, and to hand over its trace. */
const graceMs = 10_000;
const traceMs = 3000;

/**
 * Does one job in a browser of its own: a page that crashes, hangs, or is killed ends that job alone, and no process stays behind.
 *
 * When `stop` fires the page is asked to save its checkpoint and to leave; after ten seconds the browser is killed.
 */
export async function runInBrowser(
  job: Job,
  site: string,
  exchange: Exchange,
  events: JobEvents,
  stop: AbortSignal,
  setting: BrowserSetting,
): Promise<JobEnd> {
  if (stop.aborted) return { how: 'stopped' };
  const leaving: (() => Promise<unknown>)[] = [];
  try {
    const launched = await launchedBrowser(setting);
    leaving.push(() => launched.end());
    const { browser, surroundings } = launched;
    const server = await serveSite(site, exchange);
    leaving.push(() => server.close());
    const context = await browser.newContext();
    await context.tracing.start({ title: job.kind });
    // Else it leaves a folder in the temporary one. Where the trace was kept, or the browser is gone, there is nothing to stop.
    leaving.push(() => Promise.race([context.tracing.stop(), sleep(traceMs, undefined, { ref: false })]));
    const end = await conversation(
      context,
      browser,
      server.origin,
      { type: 'job', job, surroundings },
      events,
      stop,
      setting,
    );
    if (end.how === 'failed' && !stop.aborted) await keepTrace(context, job, setting.traces, events);
    // What goes wrong in a job that is to stop is its stopping.
    return stop.aborted && end.how !== 'done' ? { how: 'stopped' } : end;
  } catch (error) {
    return stop.aborted ? { how: 'stopped' } : { how: 'failed', reason: `browser: ${launchLine(error)}` };
  } finally {
    for (const leave of leaving.reverse()) await leave().catch(() => undefined);
  }
}

/** Opens the page, hands it the job, and listens until it ends in one way or another. */
async function conversation(
  context: BrowserContext,
  browser: Browser,
  origin: string,
  message: ToPage,
  events: JobEvents,
  stop: AbortSignal,
  { silenceSeconds }: BrowserSetting,
): Promise<JobEnd> {
  const timers = new Set<NodeJS.Timeout>();
  try {
    return await new Promise<JobEnd>((resolve) => {
      const failed = (reason: string): void => {
        resolve({ how: 'failed', reason });
      };
      const threw = (error: unknown): void => {
        failed(`page: ${launchLine(error)}`);
      };
      let silence: NodeJS.Timeout | undefined;
      const heard = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          failed(`page: said nothing for ${silenceSeconds} s, counted as hanging; --browser-limit allows it more`);
        }, 1000 * silenceSeconds);
        timers.add(silence);
      };
      const tellPage = (page: Page, what: ToPage): void => {
        page
          .evaluate((content) => {
            (globalThis as unknown as { jembenchTell(message: unknown): void }).jembenchTell(content);
          }, what)
          .catch(threw);
      };
      let opened: Page | undefined;
      const open = async (): Promise<void> => {
        const page = await context.newPage();
        opened = page;
        whenPageEnds(page, failed);
        await page.exposeFunction('jembenchSay', (text: string) => {
          heard();
          const said = JSON.parse(text) as FromWorker;
          if (said.type === 'ready') tellPage(page, message);
          const end = tell(events, said);
          if (end !== null) resolve(end);
        });
        await page.goto(origin);
      };
      whenBrowserEnds(browser, failed);
      stop.addEventListener(
        'abort',
        () => {
          if (opened !== undefined) tellPage(opened, { type: 'stop' });
          timers.add(setTimeout(resolve, graceMs, { how: 'stopped' } satisfies JobEnd));
        },
        { once: true },
      );
      // From here on nothing may wait for ever: a browser may hang before its page has opened.
      heard();
      open().catch(threw);
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** What Playwright saw of a page that failed; without it where the browser is gone. */
async function keepTrace(context: BrowserContext, job: Job, folder: string, events: JobEvents): Promise<void> {
  const path = join(folder, `${job.kind === 'training' ? job.runId.slice(0, 12) : job.kind}.zip`);
  try {
    makeFolder(folder);
    const kept = context.tracing.stop({ path }).then(() => true);
    if (await Promise.race([kept, sleep(traceMs, false)]))
      events.note(`trace of the page: ${path} (npx playwright show-trace)`);
  } catch {
    // The browser is gone, and what it had seen with it.
  }
}
