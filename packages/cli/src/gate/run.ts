import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootStream } from '@jembench/core';
import {
  accuracyJudged,
  assertFineClock,
  exactJudged,
  gateVerdict,
  throughputRule,
  timingLooks,
  TimingProcedure,
  type ControlOutcome,
  type Gate,
  type Judged,
  type LineKind,
  type Seeded,
} from '@jembench/harness';
import { errorLine } from '../error-line.js';
import { measured, type Effort, type Roots } from './measure.js';
import type { Counts, Side, StartSide, TrainedSeed } from './protocol.js';
import { SideError } from './side.js';

/** One line of a gate's table. */
export interface Line extends Judged {
  readonly benchmark: string;
  readonly kind: LineKind;
}

export interface GateResult extends Gate {
  readonly lines: readonly Line[];
  readonly controls: readonly (Judged & ControlOutcome)[];
}

/** What a gate looks at. */
export interface Request {
  readonly roots: Roots;
  readonly effort: Effort;
  /** Whether a benchmark is wanted, by its name. */
  readonly wanted: (benchmark: string) => boolean;
  readonly training: boolean;
  /** How much more a count may be, by its benchmark's name. */
  readonly allowed: ReadonlyMap<string, number>;
  /** Root of the order of blocks. */
  readonly seed: number;
  readonly progress: (text: string) => void;
  readonly start: StartSide;
}

const nothing = { effect: null, low: null, high: null, allowed: 0 };

/** Compares head with base by everything that the request wants, with all controls. */
export async function gated(request: Request): Promise<GateResult> {
  const { lines: counted, timed, broken } = await counts(request);
  const speed = await speeds(request, timed, broken);
  const trained = request.training ? await trainings(request) : { lines: [] };
  const collapse = await collapseControl(request);
  const lines = [...speed.lines, ...counted, ...trained.lines, ...sizes(request)];
  const controls = [...speed.controls, collapse];
  return { lines, controls, ...gateVerdict(lines, controls) };
}

/** Opens every benchmark once on both sides: what has no noise, and which benchmarks both sides can run. */
async function counts({
  roots,
  effort,
  wanted,
  allowed,
  progress,
  start,
}: Request): Promise<{ lines: Line[]; timed: string[]; broken: ReadonlySet<string> }> {
  progress('counting launches and bytes');
  const head = await start(roots.head, effort.sizes);
  let base: Side | null = null;
  let why = '';
  try {
    assertFineClock(head.tickMs, effort.blockMs);
  } catch (error) {
    head.end();
    throw error;
  }
  try {
    base = await start(roots.base, effort.sizes);
  } catch (error) {
    why = errorLine(error);
  }
  const lines: Line[] = [];
  const timed: string[] = [];
  const broken = new Set<string>();
  try {
    for (const benchmark of head.benchmarks) {
      if (!wanted(benchmark)) continue;
      const ofHead = await counted(head, benchmark);
      if (typeof ofHead === 'string') broken.add(benchmark);
      if (!base?.benchmarks.has(benchmark)) {
        const note = base === null ? `the base cannot be loaded: ${why}` : 'the base does not have it';
        lines.push({
          ...nothing,
          benchmark,
          kind: 'speed',
          verdict: typeof ofHead === 'string' ? 'fail' : 'neutral',
          note: typeof ofHead === 'string' ? ofHead : note,
        });
        continue;
      }
      const ofBase = await counted(base, benchmark);
      if (typeof ofHead === 'string' || typeof ofBase === 'string') {
        const note = [ofHead, ofBase].map((found, i) =>
          typeof found === 'string' ? `${i === 0 ? 'head' : 'base'}: ${found}` : '',
        );
        lines.push({ ...nothing, benchmark, kind: 'exact', verdict: 'fail', note: note.filter(Boolean).join('; ') });
        continue;
      }
      timed.push(benchmark);
      for (const count of Object.keys(ofHead) as (keyof Counts)[]) {
        const name = `${benchmark}: ${count}`;
        lines.push({ benchmark: name, kind: 'exact', ...exactJudged(ofHead[count], ofBase[count], allowed.get(name)) });
      }
    }
    for (const gone of base?.benchmarks ?? []) {
      if (wanted(gone) && !head.benchmarks.has(gone)) {
        lines.push({
          ...nothing,
          benchmark: gone,
          kind: 'speed',
          verdict: 'neutral',
          note: 'the head does not have it any more',
        });
      }
    }
    return { lines, timed, broken };
  } finally {
    head.end();
    base?.end();
  }
}

/** Counts of a benchmark, or why it does not run. */
async function counted(side: Side, benchmark: string): Promise<Counts | string> {
  try {
    const found = await side.open(benchmark);
    await side.close();
    return found;
  } catch (error) {
    if (error instanceof SideError) return error.message;
    throw error;
  }
}

/** The controls of timings, in their order. */
const timingControls = ['A/A', 'slowdown'] as const;

/** Two looks, fails repeated; the controls on the first benchmark, within the same looks. */
async function speeds(request: Request, timed: readonly string[], broken: ReadonlySet<string>) {
  const { effort, seed, progress, start } = request;
  // Without anything to compare the controls run all the same, whatever is wrong with the base.
  const roots = timed.length > 0 ? request.roots : { head: request.roots.head, base: request.roots.head };
  const head = await start(roots.head, effort.sizes);
  const control = timed.at(0) ?? [...head.benchmarks].find((benchmark) => !broken.has(benchmark));
  head.end();
  if (control === undefined) return { lines: [], controls: [] };
  const stream = rootStream(seed).fork('gate');
  const procedure = new TimingProcedure(timed.length, throughputRule);
  const controls = timingControls.map((name) => ({
    name,
    procedure: new TimingProcedure(1, throughputRule, { repeat: false }),
  }));
  for (const look of timingLooks) {
    const asks = [procedure, ...controls.map((own) => own.procedure)].filter(({ wanted }) => wanted?.look === look);
    if (asks.length === 0) continue;
    const names = asks.includes(procedure) ? (procedure.wanted?.benchmarks ?? []).map((i) => timed[i]) : [];
    if (look !== 'first')
      progress(`${look === 'second' ? 'a second look' : 'once more'}: ${names.join(', ') || 'controls'}`);
    const controlled = asks.some((one) => one !== procedure);
    const found = await measured(roots, names, controlled ? control : null, effort, stream.fork(look), progress, start);
    if (asks.includes(procedure)) procedure.give(names.map((name) => found.benchmarks.get(name) ?? []));
    for (const { name, procedure: own } of controls) {
      if (asks.includes(own)) own.give([found.controls.get(name) ?? []]);
    }
  }
  return {
    lines: timed.map((benchmark, i): Line => ({ benchmark, kind: 'speed', ...procedure.lines[i] })),
    controls: controls.map(({ name, procedure: own }) => ({ ...own.lines[0], control: name, benchmark: control })),
  };
}

/** A run that collapsed by itself, or only here and not on the other side. */
export const collapsed = ({ verdict }: TrainedSeed, beside: TrainedSeed | null): boolean =>
  verdict === 'type-1' || verdict === 'diverged' || (verdict === 'type-2' && beside?.verdict === 'healthy');

/** Probe accuracy paired by seed, and that nothing collapses. */
async function trainings({ roots, effort, progress, start }: Request): Promise<{ lines: Line[] }> {
  const [head, base]: TrainedSeed[][] = [[], []];
  const benchmark = 'vicreg on shapes: kNN';
  const more = async (upTo: number): Promise<void> => {
    for (let seed = head.length + 1; seed <= upTo; seed++) {
      progress(`training seed ${seed}`);
      for (const [root, results] of [
        [roots.head, head],
        [roots.base, base],
      ] as const) {
        results.push(await trainedSeed(start, root, effort, seed));
      }
    }
  };
  try {
    await more(effort.seeds);
    const judged = () => accuracies(head, base, effort.mostSeeds);
    if (judged().again) await more(effort.mostSeeds);
    const bad = head.filter((one, i) => collapsed(one, base[i]));
    return {
      lines: [
        { benchmark, kind: 'accuracy', ...judged() },
        {
          ...{
            benchmark: 'vicreg on shapes: collapse',
            kind: 'collapse',
            effect: bad.length,
            low: bad.length,
            high: bad.length,
          },
          ...{
            allowed: 0,
            verdict: bad.length > 0 ? 'fail' : 'pass',
            note: head.map(({ verdict }) => verdict).join(' '),
          },
        },
      ],
    };
  } catch (error) {
    if (!(error instanceof SideError)) throw error;
    return { lines: [{ ...nothing, benchmark, kind: 'accuracy', verdict: 'fail', note: error.message }] };
  }
}

/** Accuracies by seed; one that a side does not have is no 0. */
function accuracies(head: readonly TrainedSeed[], base: readonly TrainedSeed[], mostSeeds: number): Seeded {
  const known = (results: readonly TrainedSeed[]): number[] =>
    results.flatMap(({ knn }) => (knn === null ? [] : [knn]));
  const lacking = (verdict: 'fail' | 'neutral', side: string): Seeded => ({
    ...{ ...nothing, again: false, verdict },
    note: `${side}: a seed has no accuracy (${head.map((one) => one.verdict).join(' ')})`,
  });
  if (known(head).length < head.length) return lacking('fail', 'head');
  if (known(base).length < base.length) return lacking('neutral', 'base');
  return accuracyJudged(known(head), known(base), mostSeeds);
}

/** One seed in a fresh process of one side. */
export async function trainedSeed(
  start: StartSide,
  root: string,
  effort: Effort,
  seed: number,
  options: Readonly<Record<string, number>> = {},
  less: readonly number[] = [],
): Promise<TrainedSeed> {
  const side = await start(root, effort.sizes);
  try {
    return await side.train(seed, options, less);
  } finally {
    side.end();
  }
}

/** Options that VICReg collapses with: it has no variance term. */
export const collapsing = { variance: 0 } as const;

/** VICReg without its variance term collapses; a gate that does not see that sees nothing. */
async function collapseControl({ roots, effort, progress, start }: Request): Promise<Judged & ControlOutcome> {
  progress('control: a run that must collapse');
  const benchmark = 'vicreg without its variance term';
  const result = await trainedSeed(start, roots.head, effort, 1, collapsing);
  const verdict = collapsed(result, null) ? 'fail' : 'pass';
  return { ...nothing, control: 'collapse', benchmark, verdict, note: result.verdict };
}

/** Bytes that a user loads: the built code of the packages, the WebAssembly of the training kernels. */
function sizes({ roots, wanted, allowed }: Request): Line[] {
  const folders = {
    'wasm bytes': 'packages/wasm-training/dist/generated',
    'bundle bytes': 'packages/losses/dist',
  } as const;
  return Object.entries(folders).flatMap(([benchmark, folder]) =>
    wanted(benchmark)
      ? [
          {
            benchmark,
            kind: 'exact',
            ...exactJudged(bytes(join(roots.head, folder)), bytes(join(roots.base, folder)), allowed.get(benchmark)),
          },
        ]
      : [],
  );
}

function bytes(folder: string): number | null {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return null;
  }
}
