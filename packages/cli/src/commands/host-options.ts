import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openDataset } from '../environment/dataset.js';
import { browserFinding, checkBrowserName } from '../hosts/browser/find.js';
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

/** The hosts that were asked for. One that was not, but would have been taken by default, is left out aloud where it is missing. */
export function chosenHosts(options: HostOptions, byDefault: readonly HostName[]): Host[] {
  const names = options.host === undefined ? byDefault : hostsOf(options.host);
  checkBrowserName(options.browser);
  const setting = {
    browser: options.browser,
    headed: options.headed,
    silenceSeconds: numberIn('--browser-limit', options.browserLimit, { min: 1, max: 86_400 }),
    args: options.browserArgs.split(' ').filter((part) => part !== ''),
    traces: join(options.out ?? tmpdir(), 'traces'),
  };
  const quiet = { note: () => undefined };
  return names.flatMap((name) => {
    if (name === 'node') return [nodeHost];
    const { found, problem } = browserFinding(options.browser);
    if (found === null && options.host === undefined) {
      say(`skipped: the browser; ${problem}`);
      return [];
    }
    return [browserHost(setting, (spec, stop) => openDataset(spec, quiet, stop))];
  });
}
