import type { CaseReader } from './case-reader.js';
import type { Tolerance } from './tolerance.js';

/** How the cases of one golden file are computed with our code. */
export interface GoldenTopic {
  /** The `topic` of the files it runs. */
  readonly name: string;
  /** The floor of every comparison; tolerance.ts has the formula. State beside it why it is what it is. */
  readonly tolerance: Tolerance;
  /**
   * Reads every field of one case and hands its results to the reader's `expect...`. Nothing may depend on the case's name. Tensors
   * made here are freed by the runner (variables are not: dispose them).
   */
  run(reader: CaseReader): void | Promise<void>;
}
