import type { LineVerdict } from './line.js';

/** What a line compares: `speed` is the only kind that a noisy machine can spoil. */
export type LineKind = 'speed' | 'accuracy' | 'collapse' | 'exact';

export interface GateLine {
  readonly benchmark: string;
  readonly kind: LineKind;
  readonly verdict: LineVerdict;
}

/** A comparison whose outcome is known beforehand. */
export interface ControlOutcome {
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
 * - NOISY: the same code against itself failed, or a control could not be decided; no timing can be believed
 * - FAIL: a line failed; of a NOISY gate only one without noise (accuracy, collapse, exact)
 * - INCONCLUSIVE: a line is undecided, or nothing was compared at all
 * - WARN, PASS
 */
export function gateVerdict(lines: readonly GateLine[], controls: readonly ControlOutcome[]): Gate {
  const broken = brokenControls(controls);
  const noisy = controls.filter(({ control, verdict }) =>
    control === 'A/A' ? verdict === 'fail' || verdict === 'inconclusive' : verdict === 'inconclusive',
  );
  const named = ({ control, benchmark, verdict }: ControlOutcome): string =>
    `control ${control} on ${benchmark}: ${verdict}`;
  const failed = lines.filter(({ verdict, kind }) => verdict === 'fail' && (noisy.length === 0 || kind !== 'speed'));
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

/** Every gate has all three controls; those that must fail do. */
function brokenControls(controls: readonly ControlOutcome[]): string[] {
  return (['A/A', 'slowdown', 'collapse'] as const).flatMap((control) => {
    const own = controls.filter((outcome) => outcome.control === control);
    if (own.length === 0) return [`control ${control}: did not run`];
    if (control === 'A/A') return [];
    return own
      .filter(({ verdict }) => verdict !== 'fail' && verdict !== 'inconclusive')
      .map(({ benchmark, verdict }) => `control ${control} on ${benchmark}: ${verdict}, wanted fail`);
  });
}
