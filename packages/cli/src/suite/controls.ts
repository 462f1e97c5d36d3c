/** A method broken on purpose: a diagnosis is only worth something if it finds these. */
export interface Control {
  readonly name: string;
  readonly method: string;
  readonly options: Readonly<Record<string, number | boolean | string>>;
  /** `type-1`: the verdict itself. `lower-rank`: type 2 by comparison, at most half the effective rank of the full method. */
  readonly expected: 'type-1' | 'lower-rank';
}

export const controls: readonly Control[] = [
  { name: 'no variance term', method: 'vicreg', options: { variance: 0 }, expected: 'type-1' },
  { name: 'no covariance term', method: 'vicreg', options: { covariance: 0 }, expected: 'lower-rank' },
  // Without the batch norm behind the projector, which allows no point: with it the embeddings fall onto a line instead.
  {
    name: 'no stop-gradient',
    method: 'simsiam',
    options: { stopGradient: false, outputNorm: 'none' },
    expected: 'type-1',
  },
];
