import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeRows } from '@jembench/harness';
import { benchCommand } from '../commands/bench.js';
import { suiteCommand } from '../commands/suite.js';
import { ensureBuilt, run } from '../fixtures/cli.js';
import { inProcess } from '../fixtures/in-process.js';
import type { AutoCandidate } from './choice.js';
import { probed } from './probe.js';
import { scratch } from '../fixtures/scratch.js';

const folder = scratch();

/** A process that answers as a candidate, with `open` and `time` as given; it notes its process id. */
function fake(backend: AutoCandidate, { open = '({})', time = '({ ms: 1 })' } = {}) {
  const file = join(folder, `${backend}.mjs`);
  writeFileSync(
    file,
    `import { createInterface } from 'node:readline';
    import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(join(folder, `${backend}.pid`))}, String(process.pid));
    const die = (signal) => { process.kill(process.pid, signal); return new Promise(() => undefined); };
    const answers = { open: () => ${open}, time: () => ${time} };
    for await (const line of createInterface({ input: process.stdin })) {
      const { id, op } = JSON.parse(line);
      const answer = await Promise.resolve().then(answers[op]).then((ok) => ({ ok }), (error) => ({ error: error.message }));
      console.log(JSON.stringify({ id, ...answer }));
    }`,
  );
  return { backend, missing: null, args: [file] };
}

const isGone = (backend: AutoCandidate): boolean => {
  try {
    process.kill(Number(readFileSync(join(folder, `${backend}.pid`), 'utf8')), 0);
    return false;
  } catch {
    return true;
  }
};

describe('probed', () => {
  it('gives the median of each part for those that run, and leaves no process behind', async () => {
    const time = '({ ms: (globalThis.n = (globalThis.n ?? 0) + 1) % 2 ? 3 : 2 })';
    const both = await probed([fake('wasm'), fake('tensorflow', { time })]);
    expect(both[0]).toEqual({ backend: 'wasm', ms: { 'covariance penalty': 1, 'convolution step': 1 } });
    expect(both[1]).toMatchObject({ backend: 'tensorflow' });
    for (const ms of Object.values('ms' in both[1] ? both[1].ms : {})) expect([2, 2.5, 3]).toContain(ms);
    expect(isGone('wasm') && isGone('tensorflow')).toBe(true);
  });

  it.each([
    ['crashes while it loads', { open: "die('SIGSEGV')" }, 'ended with signal SIGSEGV'],
    ['crashes in a step', { time: "die('SIGABRT')" }, 'ended with signal SIGABRT'],
    [
      'says why it does not run',
      { open: "Promise.reject(new Error('useBackend: tensorflow cannot run here: no driver; install one'))" },
      'no driver',
    ],
    ['prints on its own', { open: "(console.log('hello from native code'), {})" }, 'got "hello from native code"'],
    ['gives no time', { time: '({ ms: null })' }, 'a step took null ms'],
  ])('leaves out one that %s, with the reason, and measures the others', async (_, how, reason) => {
    const [wasm, tensorflow] = await probed([fake('wasm'), fake('tensorflow', how)]);
    expect(wasm).toHaveProperty('ms');
    expect(tensorflow).toEqual({ backend: 'tensorflow', reason: expect.stringContaining(reason) as string });
  });

  it('starts nothing for what is not set up', async () => {
    const results = await probed([fake('wasm'), { backend: 'webgpu', missing: 'not set up', args: ['/no/such'] }]);
    expect(results[1]).toEqual({ backend: 'webgpu', reason: 'not set up' });
  });

  it('takes WebGPU in software only where there is nothing else', async () => {
    const webgpu = fake('webgpu', { open: "({ software: true, adapter: 'SwiftShader' })", time: '({ ms: 0.1 })' });
    const reason = 'it computes in software (SwiftShader)';
    expect((await probed([fake('wasm'), webgpu]))[1]).toEqual({ backend: 'webgpu', reason });
    const broken = fake('wasm', { open: "Promise.reject(new Error('no SIMD'))" });
    expect((await probed([broken, webgpu]))[1]).toMatchObject({ ms: { 'convolution step': 0.1 } });
    const onGpu = fake('webgpu', { open: "({ software: false, adapter: 'a GPU' })" });
    expect((await probed([fake('wasm'), onGpu]))[1]).toHaveProperty('ms');
  });
});

describe('--backend auto', () => {
  beforeAll(ensureBuilt, 180_000);
  // A cache of its own: nothing is set up in it, and nothing remembered.
  const folder = scratch();
  const env = { XDG_CACHE_HOME: folder };

  it('measures, says what it chose and why, remembers it; rows know the backend alone', async () => {
    const size = ['--train', '8', '--test', '8', '--epochs', '1', '--batch', '4', '--out', join(folder, 'out')];
    const first = await run(['train', 'supervised', ...size, '--backend', 'auto', '--json'], env);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/^--backend auto: wasm: .*tensorflow left out: not set up.*webgpu left out/m);
    const [row] = decodeRows(first.stdout, 'stdout');
    expect(row.backend).toBe('wasm');
    expect(row.command).toContain('--backend wasm');
    expect(JSON.stringify(row)).not.toContain('auto');
    const golden = await run(['golden', 'embedded', '--topics', 'byol', '--backend=auto'], env);
    expect(golden.code).toBe(0);
    expect(golden.stderr).toMatch(/^--backend auto: wasm: [^\n]*\n$/);
    const doctor = await run(['doctor', '--json', '--again'], env);
    expect(doctor.stderr).toContain('measuring the backends');
    expect(JSON.parse(doctor.stdout)).toMatchObject({ auto: { backend: 'wasm', measured: [{ backend: 'wasm' }] } });
  }, 240_000);

  it.each([
    [benchCommand, ['kernels', '--host', 'browser']],
    [suiteCommand, ['--host', 'node,browser']],
  ])('is refused for a browser', async (command, args) => {
    const { code, stderr } = await inProcess((finish) => command(finish, []), ...args, '--backend', 'auto');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^jembench: --backend: backend, got auto for a browser, wanted its name[^\n]*\n$/);
  });
});
