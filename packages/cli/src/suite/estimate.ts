/** What a run will take and what is done of it, in steps of its own size. */
interface Share {
  readonly group: string;
  /** How long it is expected to take relative to other groups. */
  readonly weight: number;
  steps: number;
  done: number;
  /** Steps that were done before this process started the run. */
  base: number;
  startedAt: number | null;
  endedAt: number | null;
}

/**
 * Estimates the time that a suite still needs: runs of a group that has been seen take as long as it took, the others as long as their
 * weight makes expect from the groups that were seen; the remaining work is spread over the jobs.
 */
export class Estimate {
  readonly #shares = new Map<string, Share>();

  constructor(
    private readonly jobs: number,
    private readonly now: () => number = Date.now,
  ) {}

  add(id: string, group: string, weight = 1): void {
    this.#shares.set(id, { group, weight, steps: 0, done: 0, base: 0, startedAt: null, endedAt: null });
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
    const sum = (values: Iterable<{ total: number; weight: number }>, key: 'total' | 'weight'): number =>
      [...values].reduce((all, value) => all + value[key], 0);
    const perWeight = sum(totals.values(), 'total') / sum(totals.values(), 'weight');
    let left = 0;
    for (const share of this.#shares.values()) {
      if (share.endedAt !== null) continue;
      const total = totals.get(share.group)?.total ?? perWeight * share.weight;
      left += share.startedAt === null ? total : Math.max(0, total * (1 - share.done / Math.max(share.steps, 1)));
    }
    return left / this.jobs / 1000;
  }

  /** Milliseconds of a whole run, by group: from the finished ones and those that are at least a tenth done. */
  #totals(): Map<string, { total: number; weight: number }> {
    const seen = new Map<string, { totals: number[]; weight: number }>();
    for (const { group, weight, startedAt, endedAt, steps, done, base } of this.#shares.values()) {
      if (startedAt === null) continue;
      const part = (endedAt === null ? done - base : steps - base) / Math.max(steps, 1);
      if (endedAt === null && part < 0.1) continue;
      const total = ((endedAt ?? this.now()) - startedAt) / (part > 0 ? part : 1);
      seen.set(group, { totals: [...(seen.get(group)?.totals ?? []), total], weight });
    }
    const mean = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0) / values.length;
    return new Map([...seen].map(([group, { totals, weight }]) => [group, { total: mean(totals), weight }]));
  }
}
