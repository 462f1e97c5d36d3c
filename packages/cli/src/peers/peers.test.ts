import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { augmentationBenchmarks } from '@jembench/bench-augmentations';
import { kernelBenchmarks } from '@jembench/bench-kernels';
import { trainingBenchmarks } from '@jembench/bench-training';
import { tf, useBackend } from '@jembench/core';
import { agreement, rowSchemaVersion, runBenchmarks, type KernelRow } from '@jembench/harness';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { scratch } from '../fixtures/scratch.js';
import { nodeEnvironment } from '../hosts/node/environment.js';
import { openPeers, type PeerRequest } from './peers.js';
import { findPeer, type PeerFinding } from './python.js';

vi.setConfig({ testTimeout: 360_000, hookTimeout: 120_000 });
beforeAll(() => useBackend('wasm'));
afterEach(() => {
  vi.unstubAllEnvs();
});

const fake = fileURLToPath(new URL('../fixtures/fake-python.mjs', import.meta.url));
const finding: PeerFinding = {
  name: 'pytorch',
  python: fake,
  pythonVersion: '3.99.0',
  packages: 'torch 9.9',
  device: 'cpu',
  adapter: null,
};
const request: PeerRequest = { findings: [finding], threads: 1, limitSeconds: 60, clock: 'wall' };

const environment = nodeEnvironment();
const host = {
  context: {
    schema: rowSchemaVersion,
    ...{ host: 'node', backend: 'wasm', build: 'test', threads: 1, command: '', commit: '' },
    fingerprint: {
      ...environment.machine,
      ...{ runtime: environment.runtime, backend: 'wasm', build: 'test', adapter: null, driver: null },
      ...{ software: false, flags: {}, isolated: null },
    },
  },
  ceilings: null,
  now: () => performance.now(),
  memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
} as const;
const timing = { minSamples: 3, maxSamples: 3, budgetMs: 0, warmupSteps: 1 };

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** The rows of Sinkhorn at the smoke size with a fake peer of that kind, after which no process of it may be left. */
async function rowsBeside(mode: string, changes: Partial<PeerRequest> = {}): Promise<Record<string, KernelRow>> {
  const pidFile = join(scratch(), 'pid');
  vi.stubEnv('FAKE_PEER', mode);
  vi.stubEnv('FAKE_PEER_PID', pidFile);
  const open = await openPeers({ ...request, ...changes }, environment);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const rows: Record<string, KernelRow> = {};
  try {
    const declarations = kernelBenchmarks(await useBackend('wasm'), open.peers).filter((d) => d.kernel === 'sinkhorn');
    for await (const row of runBenchmarks(declarations, host, { profile: 'smoke', timing })) {
      rows[row.implementation] = row;
    }
  } finally {
    await open.close();
  }
  expect(gone(pid)).toBe(true);
  return rows;
}

describe('a peer', () => {
  it('that agrees is timed by its own clock, and ours beside it has the ratio', async () => {
    const { pytorch, 'fused-plain': fused } = await rowsBeside('right');
    expect(pytorch).toMatchObject({
      ...{ status: 'ok', host: 'peer', backend: 'pytorch', build: 'torch 9.9', threads: 1, ms: 5, low: 5, high: 5 },
      fingerprint: { cpu: environment.machine.cpu, runtime: 'python 3.99.0', backend: 'pytorch', build: 'torch 9.9' },
    });
    expect(pytorch.error).toBeLessThan(1e-6);
    const ratio = fused.ratios?.pytorch.ratio ?? 0;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeCloseTo(5 / (fused.ms ?? 0), 0);
    const processor = await rowsBeside('right', { clock: 'processor' });
    expect(processor.pytorch.ms).toBe(4);
  });

  it.each([
    ['wrong', 'assignment: error against the float64 reference'],
    ['nan', 'assignment[0]: got NaN, wanted'],
    ['short', 'peer pytorch: output assignment, got 3 bytes, wanted 12800'],
    ['refuses', 'peer pytorch: no memory for it'],
    ['crashes', 'peer pytorch: ended with signal SIGSEGV: Segmentation fault (core dumped)'],
    ['leaves', 'peer pytorch: ended with exit code 3'],
    ['hangs', 'peer pytorch: "time" took longer than 3 s (--peer-limit)'],
    ['junk', 'peer pytorch: got "Traceback (most recent call last):", wanted the answer to "time"'],
    ['no figure', 'peer pytorch: ms, got null, wanted milliseconds'],
    ['cheats', 'peer pytorch: threads, got the work of 2.0, wanted 1'],
    ['threads', 'peer pytorch: threads, got 2, wanted 1'],
  ])('that is %s fails its row, and ours are timed all the same', async (mode, reason) => {
    const { pytorch, ...ours } = await rowsBeside(mode, { limitSeconds: mode === 'hangs' ? 3 : 60 });
    expect(pytorch).toMatchObject({ status: 'failed', ms: null, host: 'peer' });
    expect(pytorch.reason).toContain(reason);
    for (const row of Object.values(ours)) {
      expect(row.status).toBe('ok');
      expect(row).not.toHaveProperty('ratios');
    }
    expect(Object.keys(ours)).toHaveLength(4);
  });

  it('on a GPU is named with it, may use the processor as it likes, and is no peer where it fell back to the processor', async () => {
    const onGpu = { findings: [{ ...finding, device: 'cuda', adapter: 'A GPU' }] } as const;
    const { pytorch } = await rowsBeside('cheats', onGpu);
    expect(pytorch).toMatchObject({ status: 'ok', fingerprint: { adapter: 'A GPU', flags: { device: 'cuda' } } });
    const fallen = await rowsBeside('silent cpu', onGpu);
    expect(fallen.pytorch).toMatchObject({ status: 'failed', ms: null });
    expect(fallen.pytorch.reason).toContain('device, got cpu, wanted cuda');
  });

  it('that has answered in time does not hang because this process was busy', async () => {
    const open = await openPeers({ ...request, limitSeconds: 1 }, environment);
    const tensors = { scores: { shape: [1, 2], data: Float32Array.of(0.1, 0.2) } };
    const settings = { epsilon: 0.05, iterations: 1 };
    const sinkhorn = { name: 'sinkhorn', pass: 'forward', tensors, settings } as const;
    const first = open.peers[0].open(sinkhorn);
    await first.outputs();
    first.close();
    for (const until = performance.now() + 2000; performance.now() < until;);
    expect((await open.peers[0].open(sinkhorn).outputs()).assignment).toHaveLength(2);
    await open.close();
  });

  it('that is no program fails its row', async () => {
    vi.stubEnv('FAKE_PEER', 'right');
    const open = await openPeers({ ...request, findings: [{ ...finding, python: '/no/such/python' }] }, environment);
    await expect(
      open.peers[0].open({ name: 'sinkhorn', pass: 'forward', tensors: {}, settings: {} }).outputs(),
    ).rejects.toThrow(/^peer pytorch: .*no such file/);
    await open.close();
  });

  it('that does not have the case is skipped', async () => {
    const open = await openPeers(request, environment);
    expect(open.peers[0].unavailable('sinkhorn', 'forward')).toBeNull();
    expect(open.peers[0].unavailable('poem', 'forward')).toBe('pytorch: no case "poem forward"');
    await open.close();
  });
});

describe('findPeer', () => {
  it('finds what JEMBENCH_PYTHON has', () => {
    vi.stubEnv('JEMBENCH_PYTHON', fake);
    expect(findPeer('pytorch', 'kernels')).toEqual(finding);
  });

  it('asks the library itself for its GPU, and refuses one that has none', () => {
    vi.stubEnv('JEMBENCH_PYTHON', fake);
    vi.stubEnv('FAKE_PEER', 'gpu');
    expect(findPeer('pytorch', 'kernels', 'cuda')).toEqual({ ...finding, device: 'cuda', adapter: 'A GPU' });
    vi.stubEnv('FAKE_PEER', 'right');
    expect(() => findPeer('pytorch', 'kernels', 'cuda')).toThrow(/^[^\n]*got torch 9.9 without a CUDA device[^\n]*$/);
  });

  it.each([
    [
      'a program that is not there',
      '/no/such/python',
      'right',
      'JEMBENCH_PYTHON, got /no/such/python, wanted a Python',
    ],
    ['a program that is no Python', process.execPath, 'right', 'wanted Python 3'],
    ['a package that is missing', fake, 'missing', 'got no torch, wanted torch'],
  ])('says in one line what to do about %s', (_, python, mode, told) => {
    vi.stubEnv('JEMBENCH_PYTHON', python);
    vi.stubEnv('FAKE_PEER', mode);
    const find = (): unknown => findPeer('pytorch', 'kernels');
    expect(find).toThrow(told);
    expect(find).toThrow(/^[^\n]*-m venv [^\n]* install torch [^\n]*JEMBENCH_PYTHON=[^\n]*$/);
  });
});

const torch = ((): PeerFinding | string => {
  try {
    return findPeer('pytorch', 'augmentations');
  } catch (error) {
    return String(error);
  }
})();
if (typeof torch === 'string') console.warn(`skipped: the cases of PyTorch itself: ${torch}`);

describe.skipIf(typeof torch === 'string')('PyTorch itself', () => {
  it('computes every kernel, training step and view to the reference, and is caught where the inputs are others', async () => {
    const open = await openPeers({ ...request, findings: [torch as PeerFinding] }, environment);
    try {
      const seen: string[] = [];
      const backend = await useBackend('wasm');
      const declarations = [
        ...kernelBenchmarks(backend, open.peers),
        ...trainingBenchmarks(backend, open.peers),
        ...augmentationBenchmarks(open.peers),
      ];
      for (const declaration of declarations) {
        const [shape] = declaration.shapes.smoke;
        const inputs = declaration.inputs(shape);
        const reference = declaration.reference(inputs);
        const other = declaration.reference(changed(inputs));
        for (const peer of declaration.implementations.filter(({ elsewhere }) => elsewhere !== undefined)) {
          expect(peer.unavailable(shape)).toBeNull();
          const body = peer.open(inputs);
          const outputs = await body.outputs();
          const tolerance = (peer.tolerance ?? declaration.tolerance)(shape);
          expect(agreement(outputs, reference, tolerance)).toMatchObject({ failure: null });
          expect(await body.timed?.(2)).toBeGreaterThan(0);
          body.close();
          expect(agreement(outputs, other, tolerance).failure, `${declaration.kernel} ${peer.name}`).not.toBeNull();
          seen.push(`${declaration.kernel} ${declaration.pass} ${peer.name}`);
        }
      }
      expect(seen).toHaveLength(13);
      expect(seen).toContain('convnet forward-backward pytorch, default layout');
    } finally {
      await open.close();
    }
  });
});

/** The inputs with some values changed: by 1, since Barlow Twins' total takes 0.1 back to within 4e-7 of itself. */
function changed(inputs: unknown): unknown {
  if (inputs instanceof Float32Array) return inputs.map((value, i) => (i % 7 === 3 ? value + 1 : value));
  if (inputs instanceof Uint8Array) return inputs.map((value) => 255 - value);
  if (Array.isArray(inputs)) return inputs.map((each, i) => (i === 0 ? changed(each) : (each as unknown)));
  const [field] = ['data', 'images'].filter((each) => Object.hasOwn(inputs as object, each));
  return { ...(inputs as object), [field]: changed((inputs as Record<string, unknown>)[field]) };
}

it('a process whose input ends leaves in the middle of its work', async () => {
  if (typeof torch === 'string') return;
  const { spawn } = await import('node:child_process');
  const script = fileURLToPath(new URL('../../../../tools/peers/peer.py', import.meta.url));
  const child = spawn(torch.python, [script, 'pytorch'], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.write('{"id":1,"op":"start","threads":1}\n');
  const left = new Promise((resolve) => child.on('exit', resolve));
  await sleep(100);
  child.stdin.end();
  expect(await left).toBe(0);
});
