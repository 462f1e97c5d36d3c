import type { Judged, LineKind } from '@jembench/harness';
import type { HostName } from '../jobs/job.js';

/** One line of a gate's table. */
export interface Line extends Judged {
  readonly host: HostName;
  readonly benchmark: string;
  readonly kind: LineKind;
}

/** The numbers of a line for which nothing was measured. */
export const nothing = { effect: null, low: null, high: null, allowed: 0 };
