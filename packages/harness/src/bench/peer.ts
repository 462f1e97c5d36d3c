import type { BenchmarkImplementation, Cost, Elsewhere, OpenBenchmark, Shape } from './declaration.js';

/** An array for another process: row-major, as many values as the product of its shape. */
export interface PeerTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** One case of a benchmark as another library computes it. */
export interface PeerCase {
  /** What to compute, `sinkhorn`; the library's file knows it by this name. */
  readonly name: string;
  readonly pass: 'forward' | 'forward-backward';
  readonly tensors: Readonly<Record<string, PeerTensor>>;
  /** Numbers and lists of the definition: plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Another library in a process of its own. */
export interface Peer {
  /** `pytorch`: what its rows have as their implementation. */
  readonly name: string;
  readonly elsewhere: Elsewhere;
  /** Why it cannot compute that case, or null. */
  unavailable(name: string, pass: PeerCase['pass']): string | null;
  /** The case with its inputs in place; failures show when it is used. */
  open(request: PeerCase): OpenBenchmark;
}

/** Peers as more implementations of a benchmark: checked against the same reference, timed in the same rounds. */
export function peerImplementations<Inputs>(
  peers: readonly Peer[],
  { name, pass }: Pick<PeerCase, 'name' | 'pass'>,
  cost: (shape: Shape) => Cost,
  request: (inputs: Inputs) => Pick<PeerCase, 'tensors' | 'settings'>,
): BenchmarkImplementation<Inputs>[] {
  return peers.map((peer) => ({
    name: peer.name,
    cost,
    elsewhere: peer.elsewhere,
    unavailable: () => peer.unavailable(name, pass),
    open: (inputs) => peer.open({ name, pass, ...request(inputs) }),
  }));
}
