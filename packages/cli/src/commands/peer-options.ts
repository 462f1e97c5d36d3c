import { knownName } from '../parse/nearest.js';
import { listOf, numberIn } from '../parse/numbers.js';
import type { PeerRequest } from '../peers/peers.js';
import { findPeer, peerDevices, peerNames, type PeeredBenchmark } from '../peers/python.js';

/** `--peers` and `--peer-limit`, as typed. */
export interface PeerOptions {
  readonly peers?: string;
  readonly peerLimit: string;
  readonly peerDevice: string;
}

/** The peers that were asked for, found, on as many threads as ours has; null where none were. @throws InputError in one line where one is missing. */
export function chosenPeers(
  { peers, peerLimit, peerDevice }: PeerOptions,
  benchmark: PeeredBenchmark,
  clock: PeerRequest['clock'],
  threads = 1,
): PeerRequest | null {
  const limitSeconds = numberIn('--peer-limit', peerLimit, { min: 0.1, max: 86_400 });
  const device = knownName('--peer-device', 'device', peerDevice, peerDevices);
  if (peers === undefined) return null;
  const names = listOf('--peers', peers).map((typed) => knownName('--peers', 'peer', typed, peerNames));
  return { findings: names.map((name) => findPeer(name, benchmark, device)), threads, limitSeconds, clock };
}
