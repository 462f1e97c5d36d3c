import { availableParallelism, totalmem } from 'node:os';

/** Memory that a run may need at the sizes of the profiles, its data set included. */
const bytesPerRun = 1.5 * 2 ** 30;

/** As many runs at a time as there are cores, and as the memory holds: every run has one thread. */
export const defaultJobs = (): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / bytesPerRun)));
