import type { LineVerdict } from './line.js';

/** What a line compares: `speed` is the only kind that a noisy machine can spoil. */
export type LineKind = 'speed' | 'accuracy' | 'collapse' | 'exact';

/** Where something is timed: the noise of one host says nothing of another. */
export type GateHostName = 'node' | 'browser';

export interface GateLine {
  readonly host: GateHostName;
  readonly benchmark: string;
  readonly kind: LineKind;
  readonly verdict: LineVerdict;
}

/** A comparison whose outcome is known beforehand. */
export interface ControlOutcome {
  readonly host: GateHostName;
  readonly control: 'A/A' | 'slowdown' | 'collapse';
  /** Where the control ran. */
  readonly benchmark: string;
  /** What the gate said of it, as of any other line. */
  readonly verdict: LineVerdict;
}

export type GateVerdict = 'PASS' | 'WARN' | 'FAIL' | 'INCONCLUSIVE' | 'NOISY' | 'BROKEN';

export interface Gate {
  readonly verdict: GateVerdict;
  /** 0 nothing got worse, 1 something did, 3 the gate cannot say. */
  readonly exit: 0 | 1 | 3;
  readonly reasons: readonly string[];
}

/**
 * The verdict over all lines and controls.
 *
 * - BROKEN: a control that must fail passed, or did not run; nothing that the gate calls good can be believed
 * - NOISY: the same code against itself failed, or a control could not be decided; no timing of that host can be believed
 * - FAIL: a line failed; where a host is NOISY only one without noise (accuracy, collapse, exact)
 * - INCONCLUSIVE: a line is undecided, or nothing was compared at all
 * - WARN, PASS
 *
 * @param hosts where something was timed, or was to be.
 */
export function gateVerdict(
  lines: readonly GateLine[],
  controls: readonly ControlOutcome[],
  hosts: readonly GateHostName[],
): Gate {
  const broken = brokenControls(controls, hosts);
  const noisy = controls.filter(({ control, verdict }) =>
    control === 'A/A' ? verdict === 'fail' || verdict === 'inconclusive' : verdict === 'inconclusive',
  );
  const named = ({ control, benchmark, verdict }: ControlOutcome): string =>
    `control ${control} on ${benchmark}: ${verdict}`;
  const believed = ({ kind, host }: GateLine): boolean => kind !== 'speed' || noisy.every((one) => one.host !== host);
  const failed = lines.filter((line) => line.verdict === 'fail' && believed(line));
  if (failed.length > 0) return { verdict: 'FAIL', exit: 1, reasons: failed.map(({ benchmark }) => benchmark) };
  if (broken.length > 0) return { verdict: 'BROKEN', exit: 3, reasons: broken };
  if (noisy.length > 0) return { verdict: 'NOISY', exit: 3, reasons: noisy.map(named) };
  const of = (wanted: LineVerdict): string[] =>
    lines.filter(({ verdict }) => verdict === wanted).map(({ benchmark }) => benchmark);
  if (of('inconclusive').length > 0) return { verdict: 'INCONCLUSIVE', exit: 3, reasons: of('inconclusive') };
  if (lines.every(({ verdict }) => verdict === 'neutral')) {
    return { verdict: 'INCONCLUSIVE', exit: 3, reasons: ['nothing was compared'] };
  }
  const warned = of('warn');
  return warned.length > 0 ? { verdict: 'WARN', exit: 0, reasons: warned } : { verdict: 'PASS', exit: 0, reasons: [] };
}

/** Every host has both controls of timings, every gate that of collapse; those that must fail do. */
function brokenControls(controls: readonly ControlOutcome[], hosts: readonly GateHostName[]): string[] {
  const missing = [
    ...hosts.flatMap((host) => (['A/A', 'slowdown'] as const).map((control) => ({ control, host }))),
    { control: 'collapse' as const, host: null },
  ]
    .filter(({ control, host }) => !controls.some((one) => one.control === control && one.host === (host ?? one.host)))
    .map(({ control, host }) => `control ${control}${host === null ? '' : ` in ${host}`}: did not run`);
  const passed = controls
    .filter(({ control, verdict }) => control !== 'A/A' && verdict !== 'fail' && verdict !== 'inconclusive')
    .map(({ control, benchmark, verdict }) => `control ${control} on ${benchmark}: ${verdict}, wanted fail`);
  return [...missing, ...passed];
}
