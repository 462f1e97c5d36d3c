import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '@jembench/core';
import { pythonProgram } from '../environment/programs.js';

/** The libraries that a benchmark can be compared with, and what pip calls what they need. */
export const peerNames = ['pytorch', 'jax'] as const;

export type PeerName = (typeof peerNames)[number];

/** What a library may compute on. */
export const peerDevices = ['cpu', 'cuda'] as const;

export type PeerDevice = (typeof peerDevices)[number];

/** Benchmarks that peers take part in. */
export type PeeredBenchmark = 'kernels' | 'training' | 'augmentations';

/** Where the libraries' side of the protocol is: in a checkout, or what the build copied from it. */
const checkout = fileURLToPath(new URL('../../../../tools/peers/peer.py', import.meta.url));
const packed = fileURLToPath(new URL('../../dist/python/peer.py', import.meta.url));
export const peerScript = existsSync(checkout) ? checkout : packed;

/** A library that is installed: what its rows can say before it is started. Plain data. */
export interface PeerFinding {
  readonly name: PeerName;
  /** The program that runs it. */
  readonly python: string;
  readonly pythonVersion: string;
  /** `torch 2.15.0, numpy 2.4.6` */
  readonly packages: string;
  readonly device: PeerDevice;
  /** The GPU as the library names it; null on the processor. */
  readonly adapter: string | null;
}

/** Until a large library has been imported, and has found its GPU. */
const checkMs: Readonly<Record<PeerDevice, number>> = { cpu: 60_000, cuda: 300_000 };

/**
 * The library's packages as Python's own records have them, without importing any; for a GPU the library itself is asked for it.
 *
 * @throws InputError in one line with what to do, where Python, a package or the GPU is missing.
 */
export function findPeer(name: PeerName, benchmarks: PeeredBenchmark, device: PeerDevice = 'cpu'): PeerFinding {
  const python = pythonProgram();
  const refused = (text: string): InputError => new InputError(`--peers ${name}: ${text}; ${advice(name)}`);
  if (python === null) {
    const named = process.env.JEMBENCH_PYTHON ?? '';
    const got = named === '' ? 'Python, got none on PATH' : `JEMBENCH_PYTHON, got ${named}`;
    throw refused(`${got}, wanted a Python 3 program`);
  }
  const { error, status, stdout, stderr } = spawnSync(python, [peerScript, name, '--check', benchmarks, device], {
    encoding: 'utf8',
    timeout: checkMs[device],
    env: peerEnvironment(),
  });
  const found = status === 0 ? answered(stdout) : null;
  if (found === null) {
    const last = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    throw refused(`${python}, got ${last === '' ? 'no answer' : last}, wanted Python 3`);
  }
  const packages = Object.entries(found.packages);
  if (packages.length === 0) {
    throw new InputError(`--peers ${name}: bench ${benchmarks}, which has no cases in ${name}; leave it out`);
  }
  const missing = packages.filter(([, version]) => version === null).map(([each]) => each);
  if (missing.length > 0) {
    throw refused(`${python}, got no ${missing.join(', no ')}, wanted ${packages.map(([each]) => each).join(', ')}`);
  }
  const versions = packages.map(([each, version]) => `${each} ${version ?? ''}`).join(', ');
  if (device === 'cuda' && found.adapter === null) {
    throw new InputError(
      `--peers ${name}: ${python}, got ${versions} without a CUDA device, wanted one; nvidia-smi shows whether the driver runs, and pip has builds of ${name} for CUDA`,
    );
  }
  return { name, python, pythonVersion: found.python, packages: versions, device, adapter: found.adapter };
}

const pipNames: Readonly<Record<PeerName, string>> = { pytorch: 'torch torchvision numpy', jax: 'jax numpy' };

const advice = (name: PeerName): string =>
  `"python3 -m venv ~/jembench-peers && ~/jembench-peers/bin/pip install ${pipNames[name]}", then JEMBENCH_PYTHON=~/jembench-peers/bin/python (tools/peers/README.md)`;

interface Check {
  readonly python: string;
  readonly packages: Record<string, string | null>;
  readonly adapter: string | null;
}

function answered(stdout: string): Check | null {
  try {
    const { python, packages, adapter } = JSON.parse(stdout) as Record<string, unknown>;
    if (typeof python !== 'string' || typeof packages !== 'object' || packages === null) return null;
    return {
      ...{ python, packages: packages as Record<string, string | null> },
      adapter: typeof adapter === 'string' ? adapter : null,
    };
  } catch {
    return null;
  }
}

/** The environment of a peer: it leaves nothing in the folder of its scripts. */
export const peerEnvironment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONDONTWRITEBYTECODE: '1',
  ...more,
});
