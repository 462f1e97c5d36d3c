/** What goes wrong with a browser at work: jobs of the real page whose worker is told to go wrong, then whole commands and real kernels. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeRows, type Row } from '@jembench/harness';
import { ensureBuilt, start } from './fixtures/cli.js';
import { scratch } from './fixtures/scratch.js';
import { kernelRow } from './fixtures/rows.js';
import { runInBrowser, type BrowserSetting } from './hosts/browser/drive.js';
import { noExchange } from './hosts/browser/exchange.js';
import { browserFinding } from './hosts/browser/find.js';
import type { JobEnd, JobEvents } from './hosts/host.js';
import type { Finding, Job } from './jobs/job.js';

vi.setConfig({ testTimeout: 240_000 });

const { found, problem } = browserFinding('chromium');
if (found === null) console.warn(`SKIPPED: everything that needs a browser: ${problem}`);

const builtSite = fileURLToPath(new URL('../dist/site', import.meta.url));
const context = { command: 'test', commit: 'test' };
const kernels: Job = {
  ...{
    kind: 'kernels',
    benchmark: 'kernels',
    host: 'browser',
    profile: 'smoke',
    backend: 'wasm',
    wasmBuild: null,
    processes: 1,
    peers: null,
    startedAt: 0,
  },
  context,
};

beforeAll(ensureBuilt, 180_000);

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return []; // gone since the folder was read
    }
  });
}

/** A browser that is told from others by an argument it ignores, and everything that it has started. */
class Marked {
  static #count = 0;
  readonly mark = `--jembench-test=${process.pid}-${++Marked.#count}`;

  processes(): Process[] {
    const all = processes();
    const members = all.filter(({ command }) => command.includes(this.mark) && !command.includes('jembench.js'));
    for (const one of members) {
      members.push(...all.filter((other) => other.parent === one.pid && !members.includes(other)));
    }
    return members;
  }

  /** Sends a signal to its processes of a kind: `renderer`, `gpu-process`, or the browser itself. */
  strike(kind: string, signal: NodeJS.Signals): void {
    for (const { pid, command } of this.processes()) {
      const isOfKind = kind === 'browser' ? !command.includes('--type=') : command.includes(`--type=${kind}`);
      if (!isOfKind) continue;
      try {
        process.kill(pid, signal);
      } catch {
        // It has left by itself.
      }
    }
  }

  async expectGone(): Promise<void> {
    for (let i = 0; i < 100 && this.processes().length > 0; i++) await sleep(100);
    expect(this.processes().map(({ command }) => command)).toEqual([]);
  }
}

/** The page as it is built, its worker replaced: it has finished a row when `then` happens. */
function siteWith(then: string): string {
  const folder = scratch();
  mkdirSync(folder, { recursive: true });
  for (const name of ['index.html', 'style.css', 'page.js']) copyFileSync(join(builtSite, name), join(folder, name));
  const row = JSON.stringify(kernelRow());
  writeFileSync(
    join(folder, 'worker.js'),
    `onmessage = ({ data }) => {
      if (data.type === 'stop') postMessage({ type: 'stopped' });
      else {
        postMessage({ type: 'row', row: ${row} });
        setTimeout(() => { ${then} }, 100);
      }
    };
    postMessage({ type: 'ready' });`,
  );
  return folder;
}

const setting = (browser: Marked, more: Partial<BrowserSetting> = {}): BrowserSetting => ({
  ...{ browser: 'chromium', headed: false, silenceSeconds: 60, traces: scratch(), args: [browser.mark] },
  ...more,
});

interface Told {
  readonly end: JobEnd;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** Does a job in a browser and tells how it went; `onSign` is called at the first row or finding. */
async function told(
  job: Job,
  site: string,
  how: BrowserSetting,
  onSign: () => void = () => undefined,
  stop = new AbortController().signal,
): Promise<Told> {
  const rows: Row[] = [];
  const notes: string[] = [];
  const findings: Finding[] = [];
  const events: JobEvents = {
    progress: () => undefined,
    note: (text) => notes.push(text),
    row: (row) => {
      if (rows.push(row) === 1) onSign();
    },
    finding: (finding) => {
      if (findings.push(finding) === 1) onSign();
    },
  };
  return { end: await runInBrowser(job, site, noExchange, events, stop, how), rows, notes };
}

const needsProc = process.platform !== 'linux';

describe.skipIf(found === null || needsProc)('a page', () => {
  it('that is killed in mid-run fails; what it had finished is kept, and no process stays', async () => {
    const browser = new Marked();
    const { end, rows, notes } = await told(kernels, siteWith(''), setting(browser), () => {
      browser.strike('renderer', 'SIGKILL');
    });
    expect(end).toMatchObject({
      how: 'failed',
      reason: expect.stringMatching(/^page: crashed, or was killed/) as string,
    });
    expect(rows).toEqual([kernelRow()]);
    expect(notes.join()).toContain('trace of the page');
    await browser.expectGone();
  });

  it('whose browser is killed fails, too', async () => {
    const browser = new Marked();
    const { end, rows } = await told(kernels, siteWith(''), setting(browser), () => {
      browser.strike('browser', 'SIGKILL');
    });
    expect(end).toMatchObject({ how: 'failed', reason: expect.stringMatching(/^(browser: ended|page: )/) as string });
    expect(rows).toEqual([kernelRow()]);
    await browser.expectGone();
  });

  it('that hangs past its limit fails, and is ended', async () => {
    const browser = new Marked();
    const { end, rows } = await told(kernels, siteWith('for (;;);'), setting(browser, { silenceSeconds: 3 }));
    expect(end).toMatchObject({ how: 'failed', reason: expect.stringContaining('said nothing for 3 s') as string });
    expect(rows).toEqual([kernelRow()]);
    await browser.expectGone();
  });

  it('that runs out of memory fails, long before it would count as hanging', async () => {
    const browser = new Marked();
    const args = [browser.mark, '--js-flags=--max-old-space-size=32'];
    const { end, rows } = await told(kernels, siteWith('const kept = []; for (;;) kept.push([kept.length]);'), {
      ...setting(browser, { silenceSeconds: 200 }),
      args,
    });
    expect(end).toMatchObject({ how: 'failed', reason: expect.stringMatching(/memory/) as string });
    expect(rows).toEqual([kernelRow()]);
    await browser.expectGone();
  });

  it('whose worker throws fails with what was thrown', async () => {
    const browser = new Marked();
    const { end } = await told(kernels, siteWith("throw new Error('out of luck');"), setting(browser));
    expect(end).toMatchObject({
      how: 'failed',
      reason: expect.stringMatching(/^page: worker, got .*out of luck/) as string,
    });
    await browser.expectGone();
  });

  it.each([
    ['ends', "postMessage({ type: 'done' });", []],
    ['fails', "throw new Error('out of luck');", ['kernels.zip']],
  ])('that %s leaves nothing in the temporary folder, and its trace where it failed', async (_, then, kept) => {
    const browser = new Marked();
    const [temporary, traces] = [scratch(), scratch()];
    const [site, how] = [siteWith(then), setting(browser, { traces })];
    vi.stubEnv('TMPDIR', temporary);
    try {
      await told(kernels, site, how);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readdirSync(traces)).toEqual(kept);
    expect(readdirSync(temporary)).toEqual([]);
    await browser.expectGone();
  });

  it('that is asked to stop does, and its browser leaves', async () => {
    const browser = new Marked();
    const stop = new AbortController();
    const { end, rows } = await told(
      kernels,
      siteWith(''),
      setting(browser),
      () => {
        stop.abort();
      },
      stop.signal,
    );
    expect(end).toEqual({ how: 'stopped' });
    expect(rows).toEqual([kernelRow()]);
    await browser.expectGone();
  });

  it.each(['webgl', 'webgpu'] as const)('that loses its %s device fails and says so', async (backend) => {
    const browser = new Marked();
    const conformance: Job = { kind: 'conformance', backend, ops: ['offDiagonalPenalty'], context };
    const { end } = await told(conformance, builtSite, setting(browser), () => {
      browser.strike('gpu-process', 'SIGKILL');
    });
    expect(end).toMatchObject({ how: 'failed', reason: expect.stringMatching(/lost/) as string });
    await browser.expectGone();
  });
});

describe.skipIf(found === null || needsProc)('a suite in a browser', () => {
  /** Two runs, of which the second has just begun in its browser. */
  async function underWay(browser: Marked): Promise<{ out: string; running: ReturnType<typeof start> }> {
    const out = scratch();
    const running = start([
      ...['suite', '--profile', 'smoke', '--no-kernels', '--host', 'browser', '--methods', 'vicreg,simsiam'],
      ...['--train', '64', '--test', '32', '--batch', '16', '--set', 'hidden=8', '--set', 'dim=8', '--jobs', '1'],
      ...['--json', '--out', out, `--browser-args=${browser.mark}`],
    ]);
    await running.said(/^simsiam seed 1, browser: started/m);
    return { out, running };
  }

  const outcomes = (rows: readonly Row[]): unknown[] =>
    rows.map((row) => ('method' in row ? [row.method, row.status] : row.kind));

  it('whose page crashes keeps the rows before it, fails that one and says so, and exits with 1', async () => {
    const browser = new Marked();
    const { running } = await underWay(browser);
    // A browser may begin with a renderer that its page then does not use.
    let ended = false;
    const ending = running.ended.finally(() => {
      ended = true;
    });
    while (!ended) {
      browser.strike('renderer', 'SIGKILL');
      await sleep(50);
    }
    const { code, stdout, stderr } = await ending;
    const rows = decodeRows(stdout, 'stdout');
    expect(outcomes(rows)).toEqual([
      ['vicreg', 'ok'],
      ['simsiam', 'failed'],
    ]);
    expect(rows[1].reason).toMatch(/^(page|browser): /);
    expect(stderr).toMatch(/simsiam seed 1, browser: failed: (page|browser): /);
    expect(code).toBe(1);
    await browser.expectGone();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('that is ended by %s keeps the run that was finished, and leaves no process', async (signal, wanted) => {
    const browser = new Marked();
    const { out, running } = await underWay(browser);
    running.process.kill(signal);
    expect((await running.ended).code).toBe(wanted);
    await browser.expectGone();
    expect(readdirSync(join(out, 'runs')).length).toBeGreaterThanOrEqual(1);
  });
});
