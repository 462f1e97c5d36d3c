import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Probed } from './choice.js';
import { fastestBackend, rememberedChoice, type AutoSurroundings, type Remembered } from './memory.js';

let folder: string;
let measured: number;
let said: string[];
let around: AutoSurroundings;

/** One way or the other, so that a choice that was remembered can be told from one that was made again. */
const timings = (tensorflowMs: number): Probed[] => [
  { backend: 'wasm', ms: { step: 10 } },
  { backend: 'tensorflow', ms: { step: tensorflowMs } },
];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jembench-auto-'));
  measured = 0;
  said = [];
  around = {
    home: join(folder, 'auto'),
    key: { node: '20.0.0', tensorflow: '2.21.0' },
    measure: () => {
      measured++;
      return Promise.resolve(timings(measured === 1 ? 5 : 50));
    },
    now: () => new Date('2026-01-02T03:04:05Z'),
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fastest = (again = false, changes: Partial<AutoSurroundings> = {}): Promise<Remembered> =>
  fastestBackend((line) => void said.push(line), again, { ...around, ...changes });

const files = (): string[] => readdirSync(around.home).filter((name) => name.endsWith('.json'));

describe('fastestBackend', () => {
  it('measures once and remembers', async () => {
    expect(rememberedChoice(around)).toBeNull();
    const first = await fastest();
    expect(first).toMatchObject({ backend: 'tensorflow', measuredAt: '2026-01-02T03:04:05.000Z' });
    expect(await fastest()).toEqual(first);
    expect(rememberedChoice(around)).toEqual(first);
    expect(measured).toBe(1);
    expect(said).toEqual(['measuring the backends of this machine (a few seconds, once)']);
  });

  it.each([
    ['Node', { node: '22.0.0', tensorflow: '2.21.0' }],
    ['a backend', { node: '20.0.0', tensorflow: null }],
  ])('measures anew with another version of %s, and still knows the one before', async (_, key) => {
    await fastest();
    expect((await fastest(false, { key })).backend).toBe('wasm');
    expect(measured).toBe(2);
    expect((await fastest()).backend).toBe('tensorflow');
    expect(measured).toBe(2);
  });

  it('measures again when it is asked to, and remembers that', async () => {
    await fastest();
    expect((await fastest(true)).backend).toBe('wasm');
    expect((await fastest()).backend).toBe('wasm');
    expect(measured).toBe(2);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 40)],
    ['changed', (text: string) => text.replace('"backend":"tensorflow"', '"backend":"webgpu"')],
    ['empty', () => ''],
    ['no object', () => 'null'],
  ])('measures again where the file is %s, and mends it', async (_, damage) => {
    await fastest();
    const path = join(around.home, files()[0]);
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(rememberedChoice(around)).toBeNull();
    expect((await fastest()).backend).toBe('wasm');
    expect(measured).toBe(2);
    expect(rememberedChoice(around)?.backend).toBe('wasm');
    expect(files()).toHaveLength(1);
  });

  it('measures once where two ask at the same time, and tells both the same', async () => {
    const slow = async (): Promise<Probed[]> => {
      measured++;
      await sleep(200);
      return timings(measured === 1 ? 5 : 50);
    };
    const [a, b] = await Promise.all([fastest(false, { measure: slow }), fastest(false, { measure: slow })]);
    expect(a).toEqual(b);
    expect(measured).toBe(1);
    expect(said).toContain('waiting for another process that measures the backends');
  });

  it('goes without remembering where the cache cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const home = join(folder, 'file', 'auto');
    expect((await fastest(false, { home })).backend).toBe('tensorflow');
    expect((await fastest(false, { home })).backend).toBe('wasm');
    expect(said).toContainEqual(expect.stringMatching(/^what is measured cannot be remembered: .*a part of the path/));
  });

  it('says why in one line where no candidate runs, and remembers nothing', async () => {
    const reason = 'ended with signal SIGILL';
    const measure = (): Promise<Probed[]> => Promise.resolve([{ backend: 'wasm', reason }]);
    await expect(fastest(false, { measure })).rejects.toThrow(/^auto: backends, got none that runs.*wasm: ended with/);
    expect(files()).toEqual([]);
  });
});
