import { InputError } from '@jembench/core';
import { knownName } from './nearest.js';
import { listOf } from './numbers.js';

/** Where benchmarks run. A host brings the clock, the memory counters and the environment; its rows name it. */
const hosts = {
  node: { available: true },
  browser: {
    available: false,
    why: 'the browser host is not there yet, it comes with an issue of its own; take --host node',
  },
} as const;

export type HostName = keyof typeof hosts;

/** The hosts of `--host a,b`. @throws InputError for an unknown one, and for one that is not there yet. */
export function hostsOf(typed: string): HostName[] {
  return listOf('--host', typed).map((part) => {
    const name = knownName('--host', 'host', part, Object.keys(hosts) as HostName[]);
    const host = hosts[name];
    if (!host.available) throw new InputError(`--host: host, got ${name}, wanted node: ${host.why}`);
    return name;
  });
}
