import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, rootStream, useBackend } from '@jembench/core';
import {
  calibrationCsv,
  calibrationTable,
  calibrationVerdict,
  encodeRow,
  renderMarkdown,
  renderTerminal,
  type CalibrationLine,
} from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { commandLine } from '../environment/command-line.js';
import { ExitCode } from '../exit.js';
import { builtBase } from '../gate/base.js';
import { cleanHead, headRoot } from '../gate/checkout.js';
import { startNodeSide } from '../gate/node-side.js';
import { gateProfiles, type GateProfile } from '../gate/profiles.js';
import type { SideSetting } from '../gate/protocol.js';
import { nodeEnvironment } from '../hosts/node/environment.js';
import { rowContext } from '../jobs/environment.js';
import { duration } from '../output/duration.js';
import { print, say } from '../output/stdout.js';
import { lockFolder } from '../suite/lock.js';
import { makeFolder } from '../suite/make-folder.js';
import { CalibrationFile } from './file.js';
import { calibrated } from './measure.js';
import { calibrationLines, calibrationRows } from './rates.js';

/** What the command was asked for. */
export interface CalibrationRequest {
  readonly profile: GateProfile;
  readonly verdicts: number;
  readonly budgetMinutes: number;
  readonly out: string;
  readonly seed: number;
  readonly json: boolean;
}

/** Measures this commit against itself and writes what the gate says of it; a calibration that was stopped goes on. */
export async function calibrate(request: CalibrationRequest): Promise<ExitCode> {
  const { profile, verdicts, budgetMinutes, out, seed, json } = request;
  const commit = cleanHead(false);
  const backend = await useBackend('wasm');
  const command = commandLine([
    ...['gate', '--calibrate', '--profile', profile, '--verdicts', String(verdicts)],
    ...['--budget', String(budgetMinutes), '--seed', String(seed), '--out', out],
  ]);
  const context = rowContext({ backend: backend.description, environment: nodeEnvironment() }, { command, commit });
  const { effort } = gateProfiles[profile];
  const sideSetting: SideSetting = { sizes: effort.sizes, backend: 'wasm', clock: null };
  makeFolder(out);
  let lost = false;
  const lock = await lockFolder(join(out, 'calibration.lock'), () => (lost = true));
  try {
    const setup = { commit, fingerprint: context.fingerprint, profile, seed };
    const file = CalibrationFile.open(join(out, 'calibration.jsonl'), setup);
    const base = await builtBase(commit, say);
    const random = rootStream(seed).fork('calibration');
    const time = timeLeft(budgetMinutes * 60);
    let family: number;
    try {
      ({ family } = await calibrated({
        ...{ roots: { head: headRoot, base: base.root }, effort, verdicts, file, random },
        ...{ start: startNodeSide, setting: sideSetting },
        over: () => lost || time.over(),
        progress: time.told,
      }));
    } finally {
      base.remove();
    }
    if (lost) throw new InputError(`${out}: folder, got taken over by another calibration, wanted it alone`);
    const lines = calibrationLines({ file, effort, verdicts, family, random: random.fork('drawn') });
    const rows = calibrationRows(lines, context);
    const table = calibrationTable(lines, `Calibration of the gate at ${commit.slice(0, 12)}, profile ${profile}`);
    await writeFileAtomic(join(out, 'rows.jsonl'), rows.map(encodeRow).join(''));
    await writeFileAtomic(join(out, 'calibration.csv'), calibrationCsv(lines));
    await writeFileAtomic(join(out, 'calibration.md'), `${renderMarkdown(table)}\n${legend}`);
    print(json ? rows.map(encodeRow).join('') : renderTerminal(table));
    say(`written to ${out}: calibration.csv, calibration.md, rows.jsonl`);
    return exitCodeOf(lines);
  } finally {
    lock.release();
    if (lost) rmSync(join(out, 'calibration.lock'), { force: true });
  }
}

const legend = `
The commit was measured against itself, built a second time in a worktree, by the processes, blocks and rules of the gate. A slowdown is
work within every timed step of the head, a loss of accuracy is right answers that the head's probe unlearned; nothing was changed
afterwards. Live verdicts each have measurements of their own; the others are on measurements drawn from the same record with
replacement, and every interval (Clopper and Pearson, 95 %) is that of as many verdicts as there are live ones. Verdicts on one benchmark
are corrected as if it were one of all benchmarks of a gate. Live verdicts of different kernels share their pairs of processes.
`;

/** 0: what is wanted is shown, 1: refuted, 3: too few verdicts to say. */
function exitCodeOf(lines: readonly CalibrationLine[]): ExitCode {
  const verdicts = lines.map(calibrationVerdict);
  if (verdicts.includes('fail')) return ExitCode.failed;
  return verdicts.length === 0 || verdicts.includes('inconclusive') ? ExitCode.inconclusive : ExitCode.done;
}

/** Says every now and then how far it is, and how long it still takes: until all verdicts are there, or until the time is over. */
function timeLeft(budgetSeconds: number) {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let from: number | null = null;
  let last = -Infinity;
  return {
    over: () => seconds() >= budgetSeconds,
    told: (shares: Readonly<Record<string, number>>): void => {
      const all = Object.values(shares);
      const share = all.reduce((sum, one) => sum + one, 0) / all.length;
      from ??= share;
      if (seconds() < last + 15 && share < 1) return;
      last = seconds();
      const budget = budgetSeconds - seconds();
      const left = share > from ? Math.min(budget, (seconds() * (1 - share)) / (share - from)) : budget;
      const parts = Object.entries(shares).map(([name, one]) => `${name} ${(100 * one).toFixed(0)} %`);
      say(`calibration: ${parts.join(', ')}; at most ${duration(left)} left`);
    },
  };
}
