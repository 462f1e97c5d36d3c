import type { Stream } from '@jembench/core';
import { timingLooks, TimingProcedure, type ControlOutcome, type Judged } from '@jembench/harness';
import type { Counted } from './counts.js';
import { labelOf, type GateHost } from './hosts.js';
import type { Line } from './line.js';
import { measured } from './measure.js';
import type { Request } from './request.js';

/** The controls of timings, in their order. */
const timingControls = ['A/A', 'slowdown'] as const;

/** What a control came to. */
export type Controlled = Judged & ControlOutcome;

/** Two looks, fails repeated; the controls on the first benchmark, within the same looks. */
export async function speeds(
  host: GateHost,
  { timed, running }: Counted,
  request: Request,
  random: Stream,
): Promise<{ lines: Line[]; controls: Controlled[] }> {
  // Without anything to compare the controls run all the same, whatever is wrong with the base.
  const control = timed.at(0) ?? running.at(0);
  if (control === undefined) return { lines: [], controls: [] };
  const roots = timed.length > 0 ? request.roots : { head: request.roots.head, base: request.roots.head };
  const progress = (text: string): void => {
    request.progress(`${host.name}: ${text}`);
  };
  const measurement = { ...request, roots, start: host.start, progress };
  const procedure = new TimingProcedure(timed.length, host.rule);
  const controls = timingControls.map((name) => ({
    name,
    procedure: new TimingProcedure(1, host.rule, { repeat: false }),
  }));
  for (const look of timingLooks) {
    const asks = [procedure, ...controls.map((own) => own.procedure)].filter(({ wanted }) => wanted?.look === look);
    if (asks.length === 0) continue;
    const names = asks.includes(procedure) ? (procedure.wanted?.benchmarks ?? []).map((i) => timed[i]) : [];
    if (look !== 'first') {
      progress(`${look === 'second' ? 'a second look at' : 'once more'}: ${names.join(', ') || 'the controls'}`);
    }
    const controlled = asks.some((one) => one !== procedure);
    const { injected } = host;
    const found = await measured(
      measurement,
      names,
      controlled ? { benchmark: control, injected } : null,
      random.fork(look),
    );
    if (asks.includes(procedure)) procedure.give(names.map((name) => found.benchmarks.get(name) ?? []));
    for (const { name, procedure: own } of controls) {
      if (asks.includes(own)) own.give([found.controls.get(name) ?? []]);
    }
  }
  return {
    lines: timed.map((benchmark, i): Line => ({
      host: host.name,
      benchmark: labelOf(host.name, benchmark),
      kind: 'speed',
      ...procedure.lines[i],
    })),
    controls: controls.map(({ name, procedure: own }) => ({
      ...(name === 'A/A' ? eitherWay(own.lines[0]) : own.lines[0]),
      host: host.name,
      control: name,
      benchmark: labelOf(host.name, control),
    })),
  };
}

/** The same code against itself: faster by more than is allowed is as much of a failure as slower. */
const eitherWay = (judged: Judged): Judged =>
  judged.high !== null && judged.high < -judged.allowed
    ? { ...judged, verdict: 'fail', note: 'the same code looks faster than itself' }
    : judged;
