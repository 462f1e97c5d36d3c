import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeRow } from '@jembench/harness';
import { kernelRow } from '../fixtures/rows.js';
import { judged, machineFolder, planned, targets, type Tried } from './plan.js';
import { benchGpu, type Ended, type GpuRequest, type Jembench } from './run.js';
import { scratch } from '../fixtures/scratch.js';

const card = 'NVIDIA H100 80GB HBM3';
const [dawn, tensorflow, page] = targets('linux');
const adapterOf = (adapter: string | null, software: boolean) => ({ ...kernelRow().fingerprint, adapter, software });

describe('judged', () => {
  it('never takes an adapter in software, nor a processor, for a GPU', () => {
    const row = (adapter: string | null, software: boolean) => ({
      status: 'ok',
      fingerprint: adapterOf(adapter, software),
    });
    expect(judged(dawn, [row(card, false)], '')).toEqual({ ...dawn, adapter: card });
    expect(judged(dawn, [row('SwiftShader', true)], '')).toEqual({
      ...dawn,
      reason: 'it computes on the processor (SwiftShader)',
    });
    expect(judged(tensorflow, [row(null, true)], '')).toMatchObject({
      reason: 'it computes on the processor (no adapter)',
    });
  });

  it('takes no GPU whose results are wrong, and says why', () => {
    const failed = { status: 'failed', reason: 'total: error 1', fingerprint: adapterOf(card, false) };
    expect(judged(dawn, [failed], '')).toEqual({ ...dawn, reason: 'total: error 1' });
    expect(judged(dawn, [], 'jembench: webgpu cannot run here')).toHaveProperty(
      'reason',
      'jembench: webgpu cannot run here',
    );
  });
});

describe('planned', () => {
  const tried: Tried[] = [
    { ...dawn, adapter: card },
    { ...tensorflow, reason: 'not set up' },
    { ...page, adapter: card },
  ];

  it('runs kernels and training on every GPU that was found, PyTorch beside it in Node alone', () => {
    const lines = planned(tried, { profile: 'full', out: 'out', torch: true }).map((words) => words.join(' '));
    expect(lines).toEqual([
      'bench kernels --profile full --host node --backend webgpu --out out/node-webgpu --peers pytorch --peer-device cuda',
      'bench training --profile full --host node --backend webgpu --out out/node-webgpu --peers pytorch --peer-device cuda',
      `bench kernels --profile full --host browser --backend webgpu --browser-args ${page.browserArgs ?? ''} --out out/browser-webgpu`,
      `bench training --profile full --host browser --backend webgpu --browser-args ${page.browserArgs ?? ''} --out out/browser-webgpu`,
    ]);
    expect(planned(tried, { profile: 'full', out: 'out', torch: false }).flat()).not.toContain('--peers');
    expect(planned([], { profile: 'full', out: 'out', torch: true })).toEqual([]);
  });

  it('names the folder of a machine by the date and its GPU', () => {
    expect(machineFolder(card, new Date('2026-01-02'))).toBe('2026-01-02-nvidia-h100-80gb-hbm3');
  });
});

describe('benchGpu', () => {
  let out: string;
  let asked: string[];
  let said: string[];
  beforeEach(() => {
    out = join(scratch(), 'gpu');
    asked = [];
    said = [];
  });

  /** A machine whose `jembench` has that adapter on WebGPU in Node, and nothing else. */
  const machine =
    (adapter: string, software: boolean, benchCode = 0): Jembench =>
    (words) => {
      asked.push(words.join(' '));
      const ended = (rest: Partial<Ended>): Promise<Ended> =>
        Promise.resolve({ code: 0, stdout: '', complaint: '', ...rest });
      if (!words.includes('--json')) return ended({ code: words[0] === 'bench' ? benchCode : 0 });
      if (!words.includes('node') || !words.includes('webgpu')) return ended({ code: 2, complaint: 'not set up' });
      return ended({ stdout: encodeRow({ ...kernelRow(), fingerprint: adapterOf(adapter, software) }) });
    };
  const bench = (jembench: Jembench, changes: Partial<GpuRequest> = {}, torch: string | null = 'no torch') =>
    benchGpu(
      { profile: 'quick', out, nvidia: true, ...changes },
      (line) => void said.push(line),
      jembench,
      () => torch,
    );

  it('sets up, tries, runs what is a GPU, and writes down what ran on what', async () => {
    expect(await bench(machine(card, false), {}, null)).toBe(0);
    expect(asked.slice(0, 2)).toEqual(['setup webgpu', 'setup tensorflow --gpu']);
    const benches = asked.filter((words) => words.includes('--out'));
    expect(benches).toHaveLength(2);
    for (const words of benches) expect(words).toContain('--peers pytorch --peer-device cuda');
    const written = readFileSync(join(out, 'README.md'), 'utf8');
    expect(written).toContain(`| node-webgpu | ${card} |`);
    expect(written).toContain('| node-tensorflow | none: not set up |');
    expect(written).toContain(`jembench ${benches[1]}\` | 0 |`);
  });

  it('sets TensorFlow up for a GPU of NVIDIA alone, and ends with 1 where a benchmark fails', async () => {
    expect(await bench(machine('AMD Radeon', false, 1), { nvidia: false })).toBe(1);
    expect(asked).not.toContain('setup tensorflow --gpu');
    expect(asked.join()).not.toContain('--peers');
  });

  it('ends with 2 and writes nothing where all there is computes in software', async () => {
    expect(await bench(machine('SwiftShader', true))).toBe(2);
    expect(said.at(-1)).toMatch(/^GPU, got none/);
    expect(asked.join()).not.toContain('--out');
    expect(existsSync(out)).toBe(false);
  });
});

it('npm run bench:gpu ends with one line and 2 where there is no GPU, and installs nothing', ({ skip }) => {
  if (process.platform !== 'linux' || ['/dev/dri', '/dev/nvidia0'].some(existsSync))
    skip('this machine shows signs of a GPU');
  const script = fileURLToPath(new URL('../../../../tools/bench-gpu.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^bench:gpu: GPU, got none[^\n]*\n$/);
});
