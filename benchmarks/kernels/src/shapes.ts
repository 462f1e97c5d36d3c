import type { BenchmarkProfile, Shape } from '@jembench/harness';

const matrix = (N: number, D: number): Shape => ({ N, D });
const scores = (N: number, K: number): Shape => ({ N, K });

/** The usual batch against all widths, then the usual width against the other batches. */
const embeddingGrowth: readonly Shape[] = [
  ...[64, 256, 512, 1024, 2048, 4096, 8192].map((D) => matrix(256, D)),
  ...[32, 64, 128, 512, 1024, 2048, 4096].map((N) => matrix(N, 2048)),
];

/** Batches of embeddings: the widths of usual projectors, up to the paper's 8192. */
export const embeddingShapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>> = {
  smoke: [matrix(32, 64)],
  quick: [matrix(256, 512), matrix(256, 2048)],
  full: [matrix(256, 512), matrix(256, 2048), matrix(256, 8192), matrix(1024, 2048), matrix(2048, 2048)],
  growth: embeddingGrowth,
};

/** Two views of a batch at Barlow Twins' widths. */
export const viewShapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>> = {
  smoke: [matrix(32, 64)],
  quick: [matrix(256, 512)],
  full: [matrix(256, 512), matrix(256, 2048), matrix(256, 8192)],
  growth: embeddingGrowth,
};

/** Scores against SwAV's 3000 prototypes. */
export const scoreShapes: Readonly<Record<BenchmarkProfile, readonly Shape[]>> = {
  smoke: [scores(32, 100)],
  quick: [scores(64, 3000), scores(256, 3000)],
  full: [scores(64, 3000), scores(256, 3000), scores(1024, 3000), scores(4096, 3000)],
  growth: [
    ...[64, 300, 1000, 3000, 10000, 30000].map((K) => scores(256, K)),
    ...[32, 64, 128, 512, 1024, 2048, 4096].map((N) => scores(N, 3000)),
  ],
};

/** Direct forms need several `[D, D]` arrays at once; beyond this width they leave the memory that wasm can address. */
const widestDirect = 4096;

/** Why the direct form cannot run, or null. */
export const tooWideForDirect = ({ D }: Shape): string | null =>
  D <= widestDirect
    ? null
    : `D=${D}: [D, D] arrays of ${Math.round((4 * D * D) / 2 ** 20)} MiB each, several at once; the Gram form needs none`;
