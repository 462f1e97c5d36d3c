import { hostNames, type HostName } from '../jobs/job.js';
import { knownName } from './nearest.js';
import { listOf } from './numbers.js';

/** The hosts of `--host a,b`. @throws InputError for an unknown one, and for one that is named twice. */
export const hostsOf = (typed: string): HostName[] =>
  listOf('--host', typed).map((part) => knownName('--host', 'host', part, hostNames));
