import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { encodeRow, junitXml, renderTerminal } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { currentCommit } from '../environment/commit.js';
import type { ExitCode } from '../exit.js';
import { calibrate } from '../calibrate/run.js';
import { affected, headSources } from '../gate/affected.js';
import { builtBase } from '../gate/base.js';
import { headRoot, mergeBase } from '../gate/checkout.js';
import type { Effort } from '../gate/measure.js';
import { browserGate, nodeGate } from '../gate/hosts.js';
import { startNodeSide } from '../gate/node-side.js';
import { gateProfiles, type GateProfile } from '../gate/profiles.js';
import { clockNames, type SideSetting } from '../gate/protocol.js';
import { gateMarkdown, gateRows, gateTable, type Again } from '../gate/report.js';
import { onlyOf } from '../gate/request.js';
import { gated } from '../gate/run.js';
import { findBrowser } from '../hosts/browser/find.js';
import { rowContext } from '../jobs/environment.js';
import type { HostName } from '../jobs/job.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { integerIn, numberIn } from '../parse/numbers.js';
import { makeFolder } from '../suite/make-folder.js';
import { addBackendOption, backendWord, chosenBackend, hostsByDefault } from './backend-option.js';
import { collected, subcommand, type Finish } from './command.js';
import { addHostOptions, availableHosts, browserSetting, type HostOptions } from './host-options.js';

interface Options extends HostOptions {
  readonly json: boolean;
  readonly base?: string;
  readonly calibrate: boolean;
  readonly verdicts: string;
  readonly budget: string;
  readonly profile: string;
  readonly only?: string;
  readonly allow: readonly string[];
  readonly dirty: boolean;
  readonly backend: string;
  readonly clock?: string;
  readonly seed: string;
}

export function gateCommand(finish: Finish): Command {
  const profiles = Object.entries(gateProfiles).map(([name, { about }]) => `${name}: ${about}`);
  const command = subcommand(
    'gate',
    'is this commit slower, less accurate or collapsing, compared with where it left another',
    [
      { line: 'gate --base main', about: 'before a pull request' },
      { line: "gate --base main --only 'sinkhorn forward'", about: 'only the benchmarks whose name begins so' },
      { line: 'gate --base main --host node,browser', about: 'kernels in a browser, too' },
      {
        line: 'gate --calibrate --budget 120 --out calibration',
        about: 'how often the gate is wrong on this machine; stopped, the same command goes on',
      },
    ],
  );
  return addHostOptions(addBackendOption(command), 'node, with the profile nightly both,')
    .option('--base <ref>', 'branch, tag or commit; the common ancestor with it is measured')
    .option(
      '--calibrate',
      'measure this commit against itself: false alarms, and injected changes that are found',
      false,
    )
    .option('--verdicts <n>', 'with --calibrate: verdicts a class that each have measurements of their own', '100')
    .option(
      '--budget <minutes>',
      'with --calibrate: measure no longer; verdicts that are missing are drawn again',
      '120',
    )
    .option('--profile <name>', profiles.join('; '), 'pr')
    .option('--only <name>', 'only benchmarks whose name begins so')
    .option(
      '--allow <name=n>',
      'a count may be larger by n, such as "bundle bytes=2000"; may be repeated',
      collected,
      [],
    )
    .option(
      '--clock <name>',
      'what times a step: processor (time of the process) or wall; by default processor where one thread computes',
    )
    .option('--dirty', 'measure files that are not committed, too', false)
    .option('--seed <n>', 'root of the random order of blocks', '1')
    .option(
      '--out <dir>',
      'also write rows.jsonl, gate.md and junit.xml there; with --calibrate its records and tables',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing got worse, 1 something did, 2 usage, a base that cannot be built, or a measurement that failed, 3 inconclusive, noisy, or a control did not behave, 70 a bug of jembench.',
    )
    .action(async (options: Options) => {
      finish(await (options.calibrate ? calibration(options) : gate(options)));
    });
}

const profileOf = (typed: string): GateProfile =>
  knownName('--profile', 'profile', typed, Object.keys(gateProfiles) as GateProfile[]);
const seedOf = (typed: string): number => integerIn('--seed', typed, { min: 0, max: Number.MAX_SAFE_INTEGER });

const settingOf = async ({ backend, clock }: Options, { sizes }: Effort): Promise<SideSetting> => ({
  sizes,
  clock: clock === undefined ? null : knownName('--clock', 'clock', clock, clockNames),
  backend: await chosenBackend(backendWord(backend)),
});

function calibration(options: Options): Promise<ExitCode> {
  if (options.base !== undefined)
    throw new InputError(
      '--base: got one with --calibrate, wanted none: a calibration measures this commit against itself',
    );
  if (options.host !== undefined)
    throw new InputError(`--host: got ${options.host} with --calibrate, wanted none: a calibration is one of Node`);
  return calibrate({
    profile: profileOf(options.profile),
    verdicts: integerIn('--verdicts', options.verdicts, { min: 1, max: 100_000 }),
    budgetMinutes: numberIn('--budget', options.budget, { min: 0, max: 100_000 }),
    out: options.out ?? 'jembench-calibration',
    seed: seedOf(options.seed),
    json: options.json,
  });
}

async function gate(options: Options): Promise<ExitCode> {
  if (options.base === undefined)
    throw new InputError('--base: got none, wanted a branch, tag or commit to compare with, or --calibrate');
  const ref = options.base;
  const name = profileOf(options.profile);
  const { effort, everything, hosts: byDefault } = gateProfiles[name];
  const pages = browserSetting(options);
  const hosts = availableHosts(options, hostsByDefault([backendWord(options.backend)], options, byDefault));
  if (hosts.names.includes('browser')) findBrowser(options.browser); // that it is missing is told before anything is built
  const setting = await settingOf(options, effort);
  if (setting.clock === 'processor' && hosts.names.includes('browser'))
    throw new InputError('--clock: got processor with a browser, wanted wall: a page has no clock of the processor');
  const seed = seedOf(options.seed);
  const allowed = new Map(options.allow.map(allowance));
  const base = await builtBase(mergeBase(ref, options.dirty), say);
  try {
    const only = options.only ?? null;
    const moved =
      everything || only !== null ? null : affected(base.changed, await headSources(startNodeSide, setting));
    if (moved?.nothing === true)
      say(`none of the ${base.changed.length} changed files can move a benchmark; sizes and controls only`);
    const result = await gated({
      ...{ roots: { head: headRoot, base: base.root }, effort, setting, allowed, seed, only, progress: say },
      hosts: hosts.names.map((host) => (host === 'node' ? nodeGate : browserGate(pages, base.root))),
      absent: hosts.absent,
      start: startNodeSide,
      moved: (line) => moved?.moves(line) ?? true,
    });
    const again: Again = (line) =>
      commandLine([
        ...['gate', '--base', base.commit.slice(0, 12), '--profile', name],
        ...(setting.backend === 'wasm' ? [] : ['--backend', setting.backend]),
        ...(setting.clock === null ? [] : ['--clock', setting.clock]),
        ...(seed === 1 ? [] : ['--seed', String(seed)]),
        ...hostWords(options, byDefault, line?.host ?? null),
        ...(line === null ? [] : ['--only', onlyOf(line.benchmark)]),
      ]);
    const job = { command: '', commit: currentCommit() };
    const contexts = new Map([...result.sides].map(([host, { setup }]) => [host, rowContext(setup, job)]));
    const rows = gateRows(result, contexts, again);
    print(options.json ? rows.map(encodeRow).join('') : renderTerminal(gateTable(result, again)));
    if (options.out !== undefined) {
      makeFolder(options.out);
      await writeFileAtomic(join(options.out, 'rows.jsonl'), rows.map(encodeRow).join(''));
      await writeFileAtomic(join(options.out, 'gate.md'), gateMarkdown(result, again));
      await writeFileAtomic(join(options.out, 'junit.xml'), junitXml(rows));
    }
    say(`gate: ${result.verdict}${result.reasons.length > 0 ? `: ${result.reasons.join('; ')}` : ''}`);
    return result.exit;
  } finally {
    base.remove();
  }
}

/** The words that choose where a line is measured again; all of a gate where it is null. */
function hostWords(options: HostOptions, byDefault: readonly HostName[], host: HostName | null): string[] {
  const typed = host === null ? options.host : byDefault.join() === host ? undefined : host;
  const { browser, browserArgs, headed } = options;
  return [
    ...(typed === undefined ? [] : ['--host', typed]),
    ...(host === 'node' || browser === 'chromium' ? [] : ['--browser', browser]),
    ...(host === 'node' || browserArgs === '' ? [] : ['--browser-args', browserArgs]),
    ...(host === 'node' || !headed ? [] : ['--headed']),
  ];
}

function allowance(typed: string): [string, number] {
  const match = /^(.+)=(\d+)$/.exec(typed);
  if (match === null)
    throw new InputError(`--allow: allowance, got "${typed}", wanted name=n, such as "bundle bytes=2000"`);
  return [match[1], Number(match[2])];
}
