/** What a run will take and what is done of it, in steps of its own size. */
interface Share {
  readonly group: string;
  steps: number;
  done: number;
  /** Steps that were done before this process started the run. */
  base: number;
  startedAt: number | null;
  endedAt: number | null;
}

/**
 * Estimates the time that a suite still needs: runs of a method that has been seen take as long a step as it took, the others as long
 * as the mean run; the remaining work is spread over the jobs.
 */
export class Estimate {
  readonly #shares = new Map<string, Share>();

  constructor(
    private readonly jobs: number,
    private readonly now: () => number = Date.now,
  ) {}

  add(id: string, group: string): void {
    this.#shares.set(id, { group, steps: 0, done: 0, base: 0, startedAt: null, endedAt: null });
  }

  started(id: string): void {
    const share = this.#shares.get(id);
    if (share !== undefined) share.startedAt = this.now();
  }

  progress(id: string, step: number, steps: number): void {
    const share = this.#shares.get(id);
    if (share === undefined) return;
    if (share.steps === 0) share.base = Math.max(0, step - 1);
    share.steps = Math.max(steps, 1);
    share.done = step;
  }

  ended(id: string): void {
    const share = this.#shares.get(id);
    if (share !== undefined) share.endedAt = this.now();
  }

  /** Seconds, or null while no run has come far enough to tell. */
  secondsLeft(): number | null {
    const totals = this.#totals();
    if (totals.size === 0) return null;
    const mean = [...totals.values()].reduce((sum, value) => sum + value, 0) / totals.size;
    let left = 0;
    for (const share of this.#shares.values()) {
      if (share.endedAt !== null) continue;
      const total = totals.get(share.group) ?? mean;
      left += share.startedAt === null ? total : Math.max(0, total * (1 - share.done / Math.max(share.steps, 1)));
    }
    return left / this.jobs / 1000;
  }

  /** Milliseconds of a whole run, by group: from the finished ones, else from those that are at least a tenth done. */
  #totals(): Map<string, number> {
    const seen = new Map<string, number[]>();
    for (const { group, startedAt, endedAt, steps, done, base } of this.#shares.values()) {
      if (startedAt === null) continue;
      const part = endedAt === null ? (done - base) / Math.max(steps, 1) : 1 - base / Math.max(steps, 1);
      if (part < 0.1) continue;
      seen.set(group, [...(seen.get(group) ?? []), ((endedAt ?? this.now()) - startedAt) / part]);
    }
    return new Map(
      [...seen].map(([group, values]) => [group, values.reduce((sum, value) => sum + value, 0) / values.length]),
    );
  }
}
