import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '@jembench/harness';
import type { Answer, Ask, Counts, Side, TrainedSeed } from './protocol.js';

const entry = fileURLToPath(new URL('./side-main.js', import.meta.url));

/** Something that a side could not do. */
export class SideError extends HarnessError {}

/** A fresh process that runs the code of one folder with the head's harness. */
export class SideProcess implements Side {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly benchmarks: ReadonlySet<string>,
    readonly tickMs: number,
  ) {
    this.#child = child;
  }

  /** @throws SideError where the code cannot be loaded. */
  static async start(root: string, sizes: 'smoke' | 'quick'): Promise<SideProcess> {
    const child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    try {
      const { benchmarks, tickMs } = await asked(child, { type: 'load', root, sizes }, 'loaded');
      return new SideProcess(child, new Set(benchmarks), tickMs);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async open(benchmark: string): Promise<Counts> {
    return (await asked(this.#child, { type: 'open', benchmark }, 'opened')).counts;
  }

  async block(ms: number, slower = 0): Promise<number> {
    return (await asked(this.#child, { type: 'block', ms, slower }, 'timed')).msPerStep;
  }

  async close(): Promise<void> {
    await asked(this.#child, { type: 'close' }, 'closed');
  }

  async train(
    seed: number,
    options: Readonly<Record<string, number>>,
    less: readonly number[] = [],
  ): Promise<TrainedSeed> {
    return (await asked(this.#child, { type: 'train', seed, options, less }, 'trained')).result;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function asked<Type extends Answer['type']>(
  child: ChildProcess,
  ask: Ask,
  type: Type,
): Promise<Extract<Answer, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (answer: Answer): void => {
      settle();
      if (answer.type === type) resolve(answer as Extract<Answer, { type: Type }>);
      else reject(new SideError(answer.type === 'failed' ? answer.reason : `got ${answer.type}, wanted ${type}`));
    };
    const onExit = (code: number | null, signal: string | null): void => {
      settle();
      reject(new SideError(`process ended with ${signal ?? `exit code ${String(code)}`}`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send(ask);
  });
}
