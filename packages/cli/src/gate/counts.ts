import { assertFineClock, exactJudged } from '@jembench/harness';
import { errorLine } from '../error-line.js';
import { labelOf, type GateHost } from './hosts.js';
import { nothing, type Line } from './line.js';
import type { Counts, Side, SideDescription } from './protocol.js';
import { isWanted, type Request } from './request.js';
import { refusal, SideError } from './side.js';

/** What a first look at both sides shows. */
export interface Counted {
  readonly lines: readonly Line[];
  /** What the head's side is. */
  readonly head: SideDescription;
  /** Benchmarks that both sides can run, by the side's names. */
  readonly timed: readonly string[];
  /** Benchmarks that the head can run, for all that is known. */
  readonly running: readonly string[];
  /** Benchmarks that the head has no more. */
  readonly gone: readonly string[];
}

/**
 * Checks and counts every wanted benchmark once on both sides.
 *
 * @throws SideError where the head cannot be loaded, or the base ends in the middle; HarnessError where its clock is too coarse for the blocks.
 */
export async function counts(host: GateHost, request: Request): Promise<Counted> {
  const { roots, effort, setting, allowed } = request;
  const wanted = (benchmark: string): boolean => isWanted(request, labelOf(host.name, benchmark));
  request.progress(`${host.name}: checking, counting launches and bytes`);
  const head = await host.start(roots.head, setting);
  let base: Side | null = null;
  let why = '';
  const lines: Line[] = [];
  const timed: string[] = [];
  const broken = new Set<string>();
  const say = (benchmark: string, line: Omit<Line, 'benchmark' | 'host'>): void => {
    lines.push({ host: host.name, benchmark: labelOf(host.name, benchmark), ...line });
  };
  try {
    assertFineClock(head.description.tickMs, effort.blockMs);
    try {
      base = await host.start(roots.base, setting);
    } catch (error) {
      if (!(error instanceof SideError)) throw error;
      why = `the base cannot be loaded: ${errorLine(error)}`;
    }
    const has = (benchmark: string): boolean => base?.description.benchmarks.includes(benchmark) ?? false;
    for (const benchmark of head.description.benchmarks.filter(wanted)) {
      const ofHead = await counted(head, benchmark, 'head');
      if (typeof ofHead === 'string') {
        broken.add(benchmark);
        say(benchmark, { ...nothing, kind: 'exact', verdict: 'fail', note: `head: ${ofHead}` });
        continue;
      }
      const ofBase =
        base !== null && has(benchmark) ? await counted(base, benchmark, 'base') : why || 'the base does not have it';
      if (typeof ofBase === 'string') {
        say(benchmark, {
          ...nothing,
          kind: 'speed',
          verdict: 'neutral',
          note: has(benchmark) ? `base: ${ofBase}` : ofBase,
        });
        continue;
      }
      timed.push(benchmark);
      for (const count of Object.keys(ofHead) as (keyof Counts)[]) {
        const name = `${benchmark}: ${count}`;
        const more = allowed.get(labelOf(host.name, name));
        say(name, { kind: 'exact', ...exactJudged(ofHead[count], ofBase[count], more) });
      }
    }
    const { benchmarks } = head.description;
    const gone = base?.description.benchmarks.filter((benchmark) => !benchmarks.includes(benchmark)) ?? [];
    for (const benchmark of gone.filter(wanted)) {
      say(benchmark, { ...nothing, kind: 'speed', verdict: 'neutral', note: 'the head does not have it any more' });
    }
    const running = benchmarks.filter((benchmark) => !broken.has(benchmark));
    return { lines, head: head.description, timed, running, gone };
  } finally {
    await Promise.all([head.end(), base?.end()]);
  }
}

/** Counts of a benchmark that agrees with its reference, or why it does not run. */
async function counted(side: Side, benchmark: string, which: 'head' | 'base'): Promise<Counts | string> {
  try {
    await side.check(benchmark);
    return await side.count(benchmark);
  } catch (error) {
    return refusal(error, which);
  }
}
