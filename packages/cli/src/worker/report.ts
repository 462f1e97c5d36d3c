import type { Progress } from './protocol.js';

/** How a job tells what it is doing. */
export interface JobReport {
  progress(progress: Progress): void;
  note(text: string): void;
}
