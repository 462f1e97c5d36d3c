import { HarnessError } from '@jembench/harness';
import type { Answer, Ask, Counts, Side, SideDescription, SideSetting, TrainedSeed } from './protocol.js';

/** Something that a side could not do. */
export class SideError extends HarnessError {}

/** The other end is gone: a process that was killed, a page that crashed. */
export class SideGone extends SideError {}

/**
 * Why a side does not do something, from what was thrown. Where the base is gone that says nothing of what its code can do, and is thrown
 * on: what cannot be compared must not look like what the base does not have. A head that crashes fails.
 */
export function refusal(error: unknown, side: 'head' | 'base'): string {
  if (!(error instanceof SideError) || (side === 'base' && error instanceof SideGone)) throw error;
  return error.message;
}

/** Where a side's code runs: takes an ask, gives its answer. */
export interface Channel {
  /** @throws SideGone where the other end is gone. */
  ask(ask: Ask): Promise<Answer>;
  end(): Promise<void>;
}

/** The code of one folder at the other end of a channel, run by the head's harness. */
export class RemoteSide implements Side {
  private constructor(
    private readonly channel: Channel,
    readonly description: SideDescription,
  ) {}

  /** @throws SideError where the code cannot be loaded. */
  static async load(channel: Channel, root: string, setting: SideSetting): Promise<RemoteSide> {
    try {
      const { description } = await asked(channel, { type: 'load', root, setting }, 'loaded');
      return new RemoteSide(channel, description);
    } catch (error) {
      await channel.end();
      throw error;
    }
  }

  async check(benchmark: string): Promise<void> {
    await asked(this.channel, { type: 'check', benchmark }, 'checked');
  }

  async count(benchmark: string): Promise<Counts> {
    return (await asked(this.channel, { type: 'count', benchmark }, 'counted')).counts;
  }

  async kernels(benchmark: string): Promise<readonly string[]> {
    return (await asked(this.channel, { type: 'kernels', benchmark }, 'ran')).kernels;
  }

  async open(benchmark: string): Promise<void> {
    await asked(this.channel, { type: 'open', benchmark }, 'opened');
  }

  async block(ms: number, slower = 0): Promise<number> {
    return (await asked(this.channel, { type: 'block', ms, slower }, 'timed')).msPerStep;
  }

  async close(): Promise<void> {
    await asked(this.channel, { type: 'close' }, 'closed');
  }

  async train(
    seed: number,
    options: Readonly<Record<string, number>>,
    less: readonly number[] = [],
  ): Promise<TrainedSeed> {
    return (await asked(this.channel, { type: 'train', seed, options, less }, 'trained')).result;
  }

  end(): Promise<void> {
    return this.channel.end();
  }
}

async function asked<Type extends Answer['type']>(
  channel: Channel,
  ask: Ask,
  type: Type,
): Promise<Extract<Answer, { type: Type }>> {
  const answer = await channel.ask(ask);
  if (answer.type === type) return answer as Extract<Answer, { type: Type }>;
  throw new SideError(answer.type === 'failed' ? answer.reason : `side: got ${answer.type}, wanted ${type}`);
}
