import { MultiBar, type SingleBar } from 'cli-progress';
import type { Progress } from '../jobs/job.js';
import { duration } from './duration.js';
import { say } from './stdout.js';

/** Shows what runs, on stderr: bars on a terminal, lines elsewhere. */
export interface ProgressView {
  started(id: string, label: string): void;
  progress(id: string, progress: Progress): void;
  /** `outcome` is what there is to say about the run in a word or two. */
  ended(id: string, outcome: string): void;
  note(text: string): void;
  /** Runs done and to do, and the seconds that are probably left, or null while nothing is known yet. */
  overall(done: number, total: number, secondsLeft: number | null): void;
  close(): void;
}

export function progressView(): ProgressView {
  return process.stderr.isTTY ? new Bars() : new Lines();
}

const figures = ({ loss, imagesPerSecond }: Progress): string =>
  [
    loss === null ? null : `loss ${loss.toPrecision(4)}`,
    imagesPerSecond === null ? null : `${Math.round(imagesPerSecond)} images/s`,
  ]
    .filter((part) => part !== null)
    .join(', ');

const left = (seconds: number | null): string =>
  seconds === null || seconds < 1 ? '' : `about ${duration(seconds)} left`;

class Bars implements ProgressView {
  readonly #bars = new MultiBar({
    format: '{label} {bar} {percentage} % {text}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: false,
    gracefulExit: false,
    stream: process.stderr,
  });
  readonly #running = new Map<string, SingleBar>();
  #overall: SingleBar | null = null;
  #closed = false;

  started(id: string, label: string): void {
    this.#running.set(id, this.#bars.create(1, 0, { label: label.padEnd(24), text: 'starting' }));
  }

  progress(id: string, progress: Progress): void {
    const bar = this.#running.get(id);
    bar?.setTotal(Math.max(progress.steps, 1));
    bar?.update(progress.step, { text: `${progress.phase} ${figures(progress)}` });
  }

  ended(id: string, outcome: string): void {
    const bar = this.#running.get(id);
    if (bar === undefined) return;
    this.#running.delete(id);
    this.#bars.remove(bar);
    this.note(outcome);
  }

  note(text: string): void {
    // Without a bar nothing would ever draw it.
    if (this.#overall === null && this.#running.size === 0) say(text);
    else this.#bars.log(`${text}\n`);
  }

  overall(done: number, total: number, secondsLeft: number | null): void {
    const values = { label: `all runs ${done}/${total}`.padEnd(24), text: left(secondsLeft) };
    this.#overall ??= this.#bars.create(Math.max(total, 1), 0, values);
    this.#overall.update(done, values);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#bars.stop();
  }
}

/** A line at the start and the end of a run, and one every ten percent or fifteen seconds, whichever is later. */
class Lines implements ProgressView {
  readonly #running = new Map<string, { label: string; percent: number; at: number }>();
  #left = '';
  #done = 0;

  started(id: string, label: string): void {
    this.#running.set(id, { label, percent: 0, at: Date.now() });
    say(`${label}: started`);
  }

  progress(id: string, progress: Progress): void {
    const run = this.#running.get(id);
    if (run === undefined) return;
    const percent = Math.floor((100 * progress.step) / Math.max(progress.steps, 1));
    const now = Date.now();
    if (percent < run.percent + 10 || now < run.at + 15_000) return;
    Object.assign(run, { percent, at: now });
    const text = [`${percent} %`, progress.phase, figures(progress), this.#left]
      .filter((part) => part !== '')
      .join(', ');
    say(`${run.label}: ${text}`);
  }

  ended(id: string, outcome: string): void {
    this.#running.delete(id);
    say(outcome);
  }

  note(text: string): void {
    say(text);
  }

  overall(done: number, total: number, secondsLeft: number | null): void {
    this.#left = left(secondsLeft);
    if (done === this.#done) return;
    this.#done = done;
    say([`${done} of ${total} runs done`, this.#left].filter((part) => part !== '').join(', '));
  }

  close(): void {
    this.#running.clear();
  }
}
