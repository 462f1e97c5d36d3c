import type { HostName } from '../jobs/job.js';
import type { GateHost } from './hosts.js';
import type { Effort, Roots } from './measure.js';
import type { SideSetting, StartSide } from './protocol.js';

/** What a gate looks at. */
export interface Request {
  readonly roots: Roots;
  readonly effort: Effort;
  readonly setting: SideSetting;
  /** Where kernels are compared, one after the other. */
  readonly hosts: readonly GateHost[];
  /** Why kernels are not compared where they were to be, by host: a line each. */
  readonly absent: ReadonlyMap<HostName, string>;
  /** Starts a side that trains. */
  readonly start: StartSide;
  /** How the names of the wanted lines begin, or null for all that `moved` takes. */
  readonly only: string | null;
  /** Whether the change can move a benchmark, by the name of its line. */
  readonly moved: (benchmark: string) => boolean;
  /** How much more a count may be, by the name of its line. */
  readonly allowed: ReadonlyMap<string, number>;
  /** Root of the order of blocks. */
  readonly seed: number;
  readonly progress: (text: string) => void;
}

/** Whether a line is wanted, by its name. */
export const isWanted = ({ only, moved }: Pick<Request, 'only' | 'moved'>, benchmark: string): boolean =>
  only === null ? moved(benchmark) : benchmark.startsWith(only);

/** What `only` is for a line: counts are those of their benchmark, all of a training is one. */
export const onlyOf = (line: string): string => /^[^:]*/.exec(line)?.[0] ?? line;
