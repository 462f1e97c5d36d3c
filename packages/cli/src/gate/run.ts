import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootStream } from '@jembench/core';
import {
  accuracyJudged,
  exactJudged,
  gateVerdict,
  lookedAgain,
  lookedAt,
  repeated,
  throughputRule,
  type ControlOutcome,
  type Gate,
  type Judged,
  type LineKind,
} from '@jembench/harness';
import { errorLine } from '../error-line.js';
import { measured, type Effort, type Roots } from './measure.js';
import type { Counts, TrainedSeed } from './protocol.js';
import { SideError, SideProcess } from './side.js';

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
}

const nothing = { effect: null, low: null, high: null, allowed: 0 };

/** Compares head with base by everything that the request wants, with all controls. */
export async function gated(request: Request): Promise<GateResult> {
  const { lines: counted, timed } = await counts(request);
  const speed = await speeds(request, timed);
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
}: Request): Promise<{ lines: Line[]; timed: string[] }> {
  progress('counting launches and bytes');
  const head = await SideProcess.start(roots.head, effort.sizes);
  let base: SideProcess | null = null;
  let why = '';
  try {
    base = await SideProcess.start(roots.base, effort.sizes);
  } catch (error) {
    why = errorLine(error);
  }
  const lines: Line[] = [];
  const timed: string[] = [];
  try {
    for (const benchmark of head.benchmarks) {
      if (!wanted(benchmark)) continue;
      const ofHead = await counted(head, benchmark);
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
    return { lines, timed };
  } finally {
    head.end();
    base?.end();
  }
}

/** Counts of a benchmark, or why it does not run. */
async function counted(side: SideProcess, benchmark: string): Promise<Counts | string> {
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

/** Two looks, fails repeated, the controls on the first benchmark. */
async function speeds(request: Request, timed: readonly string[]) {
  const { effort, seed, progress } = request;
  // Without anything to compare the controls run all the same, whatever is wrong with the base.
  const roots = timed.length > 0 ? request.roots : { head: request.roots.head, base: request.roots.head };
  const head = await SideProcess.start(roots.head, effort.sizes);
  const [control] = timed.length > 0 ? timed : [...head.benchmarks];
  head.end();
  const stream = rootStream(seed).fork('gate');
  const rule = throughputRule;
  const first = await measured(roots, timed, control, effort, stream.fork('first'), progress);
  const values = timed.map((name) => first.benchmarks.get(name) ?? []);
  const own = timingControls.map((name) => first.controls.get(name) ?? []);
  let looked = lookedAt(values, 1, rule);
  let controlled = own.flatMap((one) => lookedAt([one], 1, rule));

  const undecided = timed.filter((_, i) => looked[i].again);
  if (undecided.length > 0 || controlled.some(({ again }) => again)) {
    progress(`a second look at ${undecided.length} benchmarks`);
    const second = await measured(roots, undecided, control, effort, stream.fork('second'), progress);
    looked = lookedAgain(
      looked,
      values,
      timed.map((name) => second.benchmarks.get(name) ?? []),
      rule,
    );
    controlled = timingControls.flatMap((name, i) =>
      lookedAgain([controlled[i]], [own[i]], [second.controls.get(name) ?? []], rule),
    );
  }
  const failing = timed.filter((_, i) => looked[i].verdict === 'fail');
  if (failing.length > 0) {
    progress(`once more: ${failing.join(', ')}`);
    const third = await measured(roots, failing, null, effort, stream.fork('again'), progress);
    looked = looked.map((one, i) =>
      one.verdict === 'fail' ? repeated(one, third.benchmarks.get(timed[i]) ?? [], rule) : one,
    );
  }
  return {
    lines: timed.map((benchmark, i): Line => ({ benchmark, kind: 'speed', ...looked[i] })),
    controls: timingControls.map((name, i) => ({
      ...controlled[i],
      control: name,
      benchmark: control,
    })),
  };
}

const collapsed = ({ verdict }: TrainedSeed, beside: TrainedSeed | null): boolean =>
  verdict === 'type-1' || verdict === 'diverged' || (verdict === 'type-2' && beside?.verdict === 'healthy');

/** Probe accuracy paired by seed, and that nothing collapses. */
async function trainings({ roots, effort, progress }: Request): Promise<{ lines: Line[] }> {
  const [head, base]: TrainedSeed[][] = [[], []];
  const benchmark = 'vicreg on shapes: kNN';
  const more = async (upTo: number): Promise<void> => {
    for (let seed = head.length + 1; seed <= upTo; seed++) {
      progress(`training seed ${seed}`);
      for (const [root, results] of [
        [roots.head, head],
        [roots.base, base],
      ] as const) {
        const side = await SideProcess.start(root, effort.sizes);
        try {
          results.push(await side.train(seed, {}));
        } finally {
          side.end();
        }
      }
    }
  };
  try {
    await more(effort.seeds);
    const judged = () =>
      accuracyJudged(
        head.map(({ knn }) => knn ?? 0),
        base.map(({ knn }) => knn ?? 0),
        effort.mostSeeds,
      );
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

/** VICReg without its variance term collapses; a gate that does not see that sees nothing. */
async function collapseControl({ roots, effort, progress }: Request): Promise<Judged & ControlOutcome> {
  progress('control: a run that must collapse');
  const benchmark = 'vicreg without its variance term';
  const side = await SideProcess.start(roots.head, effort.sizes);
  try {
    const result = await side.train(1, { variance: 0 });
    const verdict = collapsed(result, null) ? 'fail' : 'pass';
    return { ...nothing, control: 'collapse', benchmark, verdict, note: result.verdict };
  } finally {
    side.end();
  }
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
