import type { Judged } from './line.js';

/**
 * Judges a count that has no noise (leaked tensors, peak bytes, kernel launches, bytes of a bundle): any change for the worse fails.
 *
 * @param head null where the head could not count it: that fails, too.
 * @param base null where the base has nothing to compare with.
 * @param allowed by how much it may be more, for a change that is worth it.
 */
export function exactJudged(head: number | null, base: number | null, allowed = 0): Judged {
  const nothing = { effect: null, low: null, high: null, allowed };
  if (head === null || !Number.isFinite(head))
    return { ...nothing, verdict: 'fail', note: `head: got ${String(head)}` };
  if (base === null) return { ...nothing, verdict: 'neutral', note: `head: ${head}; the base does not have it` };
  const effect = head - base;
  const note = `${base} to ${head}`;
  return { effect, low: effect, high: effect, allowed, verdict: effect > allowed ? 'fail' : 'pass', note };
}
