import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '@jembench/core';
import { pythonProgram } from '../environment/programs.js';

/** The libraries that a benchmark can be compared with, and what pip calls what they need. */
export const peerNames = ['pytorch', 'jax'] as const;

export type PeerName = (typeof peerNames)[number];

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
}

/**
 * The library's packages as Python's own records have them, without importing any.
 *
 * @throws InputError in one line with what to do, where Python or a package is missing.
 */
export function findPeer(name: PeerName, benchmarks: PeeredBenchmark): PeerFinding {
  const python = pythonProgram();
  const refused = (text: string): InputError => new InputError(`--peers ${name}: ${text}; ${advice(name)}`);
  if (python === null) {
    const named = process.env.JEMBENCH_PYTHON ?? '';
    const got = named === '' ? 'Python, got none on PATH' : `JEMBENCH_PYTHON, got ${named}`;
    throw refused(`${got}, wanted a Python 3 program`);
  }
  const { error, status, stdout, stderr } = spawnSync(python, [peerScript, name, '--check', benchmarks], {
    encoding: 'utf8',
    timeout: 60_000,
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
  return {
    name,
    python,
    pythonVersion: found.python,
    packages: packages.map(([each, version]) => `${each} ${version ?? ''}`).join(', '),
  };
}

const pipNames: Readonly<Record<PeerName, string>> = { pytorch: 'torch torchvision numpy', jax: 'jax numpy' };

const advice = (name: PeerName): string =>
  `"python3 -m venv ~/jembench-peers && ~/jembench-peers/bin/pip install ${pipNames[name]}", then JEMBENCH_PYTHON=~/jembench-peers/bin/python (tools/peers/README.md)`;

function answered(stdout: string): { python: string; packages: Record<string, string | null> } | null {
  try {
    const { python, packages } = JSON.parse(stdout) as { python?: unknown; packages?: unknown };
    if (typeof python !== 'string' || typeof packages !== 'object' || packages === null) return null;
    return { python, packages: packages as Record<string, string | null> };
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
