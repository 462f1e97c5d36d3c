import type { Dataset, Split } from '@jembench/core';

/** A data set without its arrays, which travel by themselves. */
export type DatasetHeader = Omit<Dataset, 'train' | 'test'> & Readonly<Record<SplitName, Pick<Split, 'count'>>>;

export type SplitName = 'train' | 'test';

/** What the page and its server exchange beside the page's files; an empty checkpoint is none. */
export const exchangePaths = {
  dataset: '/job/dataset.json',
  images: (split: SplitName): string => `/job/${split}-images`,
  labels: (split: SplitName): string => `/job/${split}-labels`,
  checkpoint: '/job/checkpoint',
} as const;
