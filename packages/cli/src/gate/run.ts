import { InputError, rootStream } from '@jembench/core';
import { gateVerdict, type Gate } from '@jembench/harness';
import type { HostName } from '../jobs/job.js';
import { counts, type Counted } from './counts.js';
import { labelOf, type GateHost } from './hosts.js';
import { nothing, type Line } from './line.js';
import type { SideDescription } from './protocol.js';
import { isWanted, type Request } from './request.js';
import { sizeNames, sizes } from './sizes.js';
import { speeds, type Controlled } from './speeds.js';
import { collapseControl, trainedName, trainings } from './training.js';

export interface GateResult extends Gate {
  readonly lines: readonly Line[];
  readonly controls: readonly Controlled[];
  /** What ran the kernels, and the training, by host. */
  readonly sides: ReadonlyMap<HostName, SideDescription>;
}

/**
 * Compares head with base by everything that the request wants, with all controls.
 *
 * @throws InputError where `only` names nothing; HarnessError where the head does not load, or a side ends while it is timed.
 */
export async function gated(request: Request): Promise<GateResult> {
  const stream = rootStream(request.seed).fork('gate');
  const looked = [];
  for (const host of request.hosts) {
    const counted = await counts(host, request);
    const { clock, tickMs } = counted.head;
    request.progress(`${host.name}: ${clock} time, in steps of ${tickMs.toPrecision(1)} ms`);
    looked.push({ host, counted });
  }
  if (request.only !== null) checkOnly(request.only, [...looked.flatMap(namesOf), trainedName, ...sizeNames]);
  const lines: Line[] = [];
  const controls: Controlled[] = [];
  for (const { host, counted } of looked) {
    const timed = await speeds(host, counted, request, stream.fork(host.name));
    lines.push(...timed.lines);
    controls.push(...timed.controls);
  }
  lines.push(...looked.flatMap(({ counted }) => counted.lines), ...absentLines(request));
  if (isWanted(request, trainedName)) lines.push(...(await trainings(request)));
  const collapse = await collapseControl(request);
  controls.push(collapse.controlled);
  lines.push(...sizes(request));
  return {
    ...{ lines, controls },
    // Training and sizes are lines of Node, wherever kernels are compared.
    sides: new Map([['node', collapse.side], ...looked.map(({ host, counted }) => [host.name, counted.head] as const)]),
    ...gateVerdict(
      lines,
      controls,
      request.hosts.map(({ name }) => name),
    ),
  };
}

/** What was to be compared and could not be is told, and is no verdict. */
const absentLines = ({ absent, only }: Request): Line[] =>
  (only === null ? [...absent] : []).map(([host, note]) => ({
    ...{ host, benchmark: `${host} kernels`, ...nothing, kind: 'speed', verdict: 'neutral' },
    note: `not compared: ${note}`,
  }));

const namesOf = ({ host, counted }: { host: GateHost; counted: Counted }): string[] =>
  [...counted.head.benchmarks, ...counted.gone].map((benchmark) => labelOf(host.name, benchmark));

function checkOnly(only: string, known: readonly string[]): void {
  if (known.some((name) => isWanted({ only, moved: () => false }, name))) return;
  const names = [...new Set(known.map((name) => /^[^:=]*(?= \w+=|$)/.exec(name)?.[0] ?? name))];
  throw new InputError(`--only: benchmark, got "${only}", wanted the beginning of a name: ${names.join(', ')}`);
}
