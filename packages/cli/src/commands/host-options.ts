import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openDataset } from '../environment/dataset.js';
import type { BrowserSetting } from '../hosts/browser/drive.js';
import { browserFinding, checkBrowserName, checkDisplay } from '../hosts/browser/find.js';
import { browserHost } from '../hosts/browser/host.js';
import type { Host } from '../hosts/host.js';
import { nodeHost } from '../hosts/node/host.js';
import type { HostName } from '../jobs/job.js';
import { say } from '../output/stdout.js';
import { hostsOf } from '../parse/hosts.js';
import { numberIn } from '../parse/numbers.js';

/** Where to run, as typed. */
export interface HostOptions {
  readonly host?: string;
  readonly browser: string;
  readonly headed: boolean;
  readonly browserLimit: string;
  readonly browserArgs: string;
  readonly out?: string;
}

export function addHostOptions(command: Command, byDefault: string): Command {
  return command
    .option('--host <list>', `node, browser or both; ${byDefault} by default`)
    .option('--browser <name>', 'chromium, firefox or webkit, or the path of a Chromium', 'chromium')
    .option('--headed', 'show the browser', false)
    .option('--browser-limit <seconds>', 'how long a page may say nothing before it counts as hanging', '300')
    .option('--browser-args <list>', "more of the browser's arguments, separated by blanks; rows record them", '');
}

/** How pages are run, as typed. */
export function browserSetting(options: HostOptions): BrowserSetting {
  checkBrowserName(options.browser);
  checkDisplay(options.headed);
  return {
    browser: options.browser,
    headed: options.headed,
    silenceSeconds: numberIn('--browser-limit', options.browserLimit, { min: 1, max: 86_400 }),
    args: options.browserArgs.split(' ').filter((part) => part !== ''),
    traces: join(options.out ?? tmpdir(), 'traces'),
  };
}

/** Names of hosts, and why those that would be taken by default are missing; one that was typed is taken, whatever there is. */
interface Available {
  readonly names: readonly HostName[];
  readonly absent: ReadonlyMap<HostName, string>;
}

/** The hosts that were asked for. One that was not, but would have been taken by default, is left out aloud where it is missing. */
export function availableHosts(options: HostOptions, byDefault: readonly HostName[]): Available {
  if (options.host !== undefined) return { names: hostsOf(options.host), absent: new Map() };
  const { found, problem } = browserFinding(options.browser);
  if (found !== null || !byDefault.includes('browser')) return { names: byDefault, absent: new Map() };
  say(`skipped: the browser; ${problem}`);
  return { names: byDefault.filter((name) => name !== 'browser'), absent: new Map([['browser', problem]]) };
}

export function chosenHosts(options: HostOptions, byDefault: readonly HostName[]): Host[] {
  const setting = browserSetting(options);
  const quiet = { note: () => undefined };
  return availableHosts(options, byDefault).names.map((name) =>
    name === 'node' ? nodeHost : browserHost(setting, (spec, stop) => openDataset(spec, quiet, stop)),
  );
}
