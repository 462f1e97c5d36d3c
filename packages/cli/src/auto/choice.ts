import type { BackendName } from '@jembench/core';

/** What is measured: no other backend of Node is ever the fastest. */
export const autoCandidates = ['wasm', 'tensorflow', 'webgpu'] as const satisfies BackendName[];

export type AutoCandidate = (typeof autoCandidates)[number];

/** A candidate that was measured: median milliseconds of each part of the probe. */
export interface Measured {
  readonly backend: AutoCandidate;
  readonly ms: Readonly<Record<string, number>>;
}

/** A candidate that was not, and why. */
interface LeftOut {
  readonly backend: AutoCandidate;
  readonly reason: string;
}

export type Probed = Measured | LeftOut;

/** What a probe came to. Plain data: it is kept as JSON. */
export interface Choice {
  readonly backend: AutoCandidate;
  readonly measured: readonly Measured[];
  readonly leftOut: readonly LeftOut[];
}

/** By so much another backend has to be faster than wasm: wasm gives the same bits on every machine, and a probe this short is no finer. */
const worthOtherBits = 1.1;

/**
 * The backend with the shortest times: the geometric mean over the parts of the probe, so that none counts for more by being longer.
 *
 * @returns null where none was measured.
 */
export function chosenOf(probed: readonly Probed[]): Choice | null {
  const measured = probed.filter((each) => 'ms' in each);
  const leftOut = probed.filter((each) => 'reason' in each);
  if (measured.length === 0) return null;
  const [first, ...others] = [...measured].sort((a, b) => timesAsLong(a, b) - 1);
  const wasm = others.find(({ backend }) => backend === 'wasm');
  const chosen = wasm !== undefined && timesAsLong(wasm, first) < worthOtherBits ? wasm : first;
  return { backend: chosen.backend, measured, leftOut };
}

/** How many times as long `slow` takes as `fast`. */
function timesAsLong(slow: Measured, fast: Measured): number {
  const logs = Object.entries(slow.ms).map(([part, ms]) => Math.log(ms / fast.ms[part]));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Why, in one line: how many times as long the others take, part by part, and what was left out. */
export function choiceText({ backend, measured, leftOut }: Choice): string {
  const chosen = measured.find((each) => each.backend === backend);
  const others = measured.filter((each) => each.backend !== backend);
  const compared = others.map((other) => {
    if (chosen === undefined) return other.backend;
    const parts = Object.keys(other.ms).map((part) => `${part} ${(other.ms[part] / chosen.ms[part]).toFixed(2)}`);
    return `${other.backend} takes ${timesAsLong(other, chosen).toFixed(2)} times as long (${parts.join(', ')})`;
  });
  const without = leftOut.map((each) => `${each.backend} left out: ${each.reason}`);
  return `${backend}: ${[...(compared.length > 0 ? compared : ['no other was measured']), ...without].join('; ')}`;
}
