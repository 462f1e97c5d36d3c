import type { FromWorker, Progress } from './job.js';

/** How a job tells what it is doing. */
export interface JobReport {
  progress(progress: Progress): void;
  note(text: string): void;
}

/** A report that travels as messages. */
export const messageReport = (send: (message: FromWorker) => Promise<void>): JobReport => ({
  progress: (progress) => void send({ type: 'progress', progress }),
  note: (text) => void send({ type: 'note', text }),
});
