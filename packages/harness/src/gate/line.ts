/** What the gate says of one comparison. `neutral`: the base cannot run it. */
export type LineVerdict = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'neutral';

/** The outcome of one comparison of head with base. */
export interface Judged {
  /** Positive is worse for times and counts, better for accuracies; null where nothing was measured. */
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** How much of a change for the worse is allowed, in the effect's unit. */
  readonly allowed: number;
  readonly verdict: LineVerdict;
  /** What there is to know beside the numbers. */
  readonly note: string;
}
