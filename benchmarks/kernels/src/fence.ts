import { BackendError, rootStream, tf, type Backend, type Tensor2D } from '@jembench/core';

/** How much work the check may grow to until a clock sees it. */
export interface FenceLimits {
  /** The smaller work takes at least so long, where the limits below allow it. */
  readonly minMs: number;
  /** Inner dimension of the products, at most. */
  readonly maxK: number;
  /** Products, at most. */
  readonly maxRepeats: number;
}

const usual: FenceLimits = { minMs: 25, maxK: 4096, maxRepeats: 16 };

/** Rows and columns of the products. */
const side = 512;
/** Samples a round; on a busy machine the fastest of them needs more rounds to be undisturbed. */
const samples = 5;
const rounds = 6;
/** Backends that only take note of a call; elsewhere it is done when it returns. */
const asynchronous: readonly string[] = ['webgl', 'webgpu'];
/** Twice the work takes at least and at most so many times as long. */
const bounds = { low: 1.4, high: 4 };

/**
 * Proves that the backend's fence waits: twice the arithmetic in the same number of calls must take about twice as long.
 *
 * Without a fence a device only takes note of the calls, and their number is the same: the ratio is 1, and no timing would mean anything.
 * For the same reason the same calls must return much sooner without it.
 *
 * @returns the ratio that was measured.
 * @throws BackendError when it is not near 2.
 */
export async function checkedFence(backend: Backend, now: () => number, limits: FenceLimits = usual): Promise<number> {
  let [K, repeats] = [64, 1];
  let single = await Work.opened(backend, now, K, repeats);
  try {
    while ((await single.fastest()) < limits.minMs && (K < limits.maxK || repeats < limits.maxRepeats)) {
      if (K < limits.maxK) K *= 2;
      else repeats *= 2;
      single.close();
      single = await Work.opened(backend, now, K, repeats);
    }
    const double = await Work.opened(backend, now, 2 * K, repeats);
    try {
      let ratio = 0;
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < samples; i++) {
          await single.sample();
          await double.sample();
        }
        ratio = double.best / single.best;
        if (ratio >= bounds.low && ratio <= bounds.high) {
          if (asynchronous.includes(backend.name)) await double.refuseEnqueueing();
          return ratio;
        }
      }
      throw new BackendError(
        `${backend.name}: twice the work of ${single.best.toPrecision(3)} ms took ${ratio.toPrecision(3)} times as long, ` +
          `wanted ${bounds.low} to ${bounds.high} times; the fence does not wait, or the machine is very busy: no timing would mean anything`,
      );
    } finally {
      double.close();
    }
  } finally {
    single.close();
  }
}

/** A number of products `[side, K] x [K, side]`, timed with the fence inside. */
class Work {
  best = Infinity;

  private constructor(
    private readonly backend: Backend,
    private readonly now: () => number,
    private readonly a: Tensor2D,
    private readonly b: Tensor2D,
    private readonly repeats: number,
  ) {}

  /** With its kernels compiled and its inputs where the device wants them. */
  static async opened(backend: Backend, now: () => number, K: number, repeats: number): Promise<Work> {
    const stream = rootStream(0).fork('fence');
    const values = Float32Array.from({ length: side * K }, () => stream.normal());
    const work = new Work(backend, now, tf.tensor2d(values, [side, K]), tf.tensor2d(values, [K, side]), repeats);
    await work.sample();
    work.best = Infinity;
    return work;
  }

  /** The products, which the device may not have computed yet. */
  private started(): Tensor2D[] {
    return Array.from({ length: this.repeats }, () => tf.matMul(this.a, this.b));
  }

  async sample(): Promise<void> {
    const start = this.now();
    const products = this.started();
    await this.backend.fence(products[products.length - 1]);
    this.best = Math.min(this.best, this.now() - start);
    tf.dispose(products);
  }

  /** @throws BackendError where taking note of the work takes as long as the fenced work: then the fence waited for nothing. */
  async refuseEnqueueing(): Promise<void> {
    let noted = Infinity;
    for (let i = 0; i < samples; i++) {
      const start = this.now();
      const products = this.started();
      noted = Math.min(noted, this.now() - start);
      await this.backend.fence(products[products.length - 1]);
      tf.dispose(products);
    }
    if (noted <= this.best / 2) return;
    throw new BackendError(
      `${this.backend.name}: fenced work took ${this.best.toPrecision(3)} ms and ${noted.toPrecision(3)} ms without the fence, ` +
        'wanted less than half; the fence does not wait: no timing would mean anything',
    );
  }

  async fastest(): Promise<number> {
    await this.sample();
    return this.best;
  }

  close(): void {
    tf.dispose([this.a, this.b]);
  }
}
