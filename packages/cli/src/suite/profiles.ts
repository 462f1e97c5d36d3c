import type { BenchmarkProfile } from '@jembench/harness';
import { knownName } from '../parse/nearest.js';

/** Sizes of a suite. An option of the command line goes before any of them. */
export interface Profile {
  readonly about: string;
  /** Images of `shapes`; other data sets come in their own size unless --train and --test say less. */
  readonly train: number;
  readonly test: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seeds: readonly number[];
  readonly kernels: BenchmarkProfile;
  /** What a browser trains beside Node, where it must come to the same weights. */
  readonly browserMethods: readonly string[];
  /** Whether the three runs that must collapse belong to it without being asked for. */
  readonly controls: boolean;
  /**
   * Percentage points of kNN by which a method must be above the random encoder on `shapes`; null where a run is too short to be judged.
   * Data2Vec learns slowly at this size and has a margin of its own.
   */
  readonly margin: { readonly usual: number; readonly data2vec: number } | null;
}

export const profiles = {
  smoke: {
    about: 'shows in a minute that everything works; its accuracies mean nothing',
    ...{ train: 256, test: 128, epochs: 1, batch: 32, seeds: [1], kernels: 'smoke', controls: false, margin: null },
    browserMethods: ['vicreg', 'swav', 'simsiam'],
  },
  quick: {
    about: 'every method on the embedded data set, in minutes on two cores',
    ...{ train: 4096, test: 1024, epochs: 8, batch: 128, seeds: [1], kernels: 'quick', controls: false },
    browserMethods: ['simsiam'],
    margin: { usual: 15, data2vec: 5 },
  },
  full: {
    about: 'longer runs, three seeds and the three controls',
    ...{ train: 16384, test: 2048, epochs: 20, batch: 128, seeds: [1, 2, 3], kernels: 'full', controls: true },
    browserMethods: ['simsiam'],
    margin: { usual: 15, data2vec: 5 },
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

/** `--profile`. @throws InputError with the nearest name for a slip. */
export const profileNamed = (typed: string): ProfileName =>
  knownName('--profile', 'profile', typed, Object.keys(profiles) as ProfileName[]);
