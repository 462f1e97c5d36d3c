import type { HostName } from '../jobs/job.js';
import type { Effort } from './measure.js';

/** How much a gate measures. */
export const gateProfiles = {
  smoke: {
    about: 'shows that everything works; too little to decide anything',
    effort: { sizes: 'smoke', pairs: 2, blocks: 2, blockMs: 2, seeds: 2, mostSeeds: 2 },
    everything: true,
    hosts: ['node'],
  },
  pr: {
    about: 'what the change can move, in Node, eight pairs of processes, eight seeds',
    effort: { sizes: 'quick', pairs: 8, blocks: 24, blockMs: 50, seeds: 8, mostSeeds: 16 },
    everything: false,
    hosts: ['node'],
  },
  nightly: {
    about: 'everything, kernels in a browser too, sixteen seeds',
    effort: { sizes: 'quick', pairs: 8, blocks: 24, blockMs: 50, seeds: 16, mostSeeds: 32 },
    everything: true,
    hosts: ['node', 'browser'],
  },
} as const satisfies Record<string, { about: string; effort: Effort; everything: boolean; hosts: HostName[] }>;

export type GateProfile = keyof typeof gateProfiles;
