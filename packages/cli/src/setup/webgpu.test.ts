import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '@jembench/core';
import { setupCommand } from '../commands/setup.js';
import { inProcess } from '../fixtures/in-process.js';
import { removeWebgpu, setUpWebgpu, webgpuLibrary, type WebgpuSurroundings } from './webgpu.js';

let folder: string;
let surroundings: WebgpuSurroundings;
let said: string[];
let copies: string;

/** The npm on the PATH, in Node. */
function npmDoes(body: string): void {
  const npm = join(folder, 'bin', 'npm');
  writeFileSync(npm, `#!${process.execPath}\nconst args = process.argv;\n${body};\n`);
  chmodSync(npm, 0o755);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jembench-webgpu-'));
  said = [];
  const names = ['dist/linux-x64/dawn.node', 'dist/linux-arm64/dawn.node', 'index.js', 'LICENSE.md'];
  const tar = await packTar(
    names.map((name) => ({ header: { name: `package/${name}`, size: name.length }, body: name })),
  );
  const archive = gzipSync(tar);
  writeFileSync(join(folder, 'webgpu.tgz'), archive);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  copies = `require('fs').copyFileSync(${JSON.stringify(join(folder, 'webgpu.tgz'))}, require('path').join(args[args.indexOf('--pack-destination') + 1], 'webgpu-1.2.3.tgz'))`;
  npmDoes(copies);
  vi.stubEnv('PATH', bin);
  vi.stubEnv('npm_execpath', '');
  surroundings = {
    dawn: {
      name: 'webgpu',
      version: '1.2.3',
      sha512: createHash('sha512').update(archive).digest('base64'),
      folder: '.',
    },
    platform: 'linux-x64',
    home: join(folder, 'home'),
    verify: () => Promise.resolve(),
  };
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const { signal } = new AbortController();
const run = (around: Partial<WebgpuSurroundings> = {}): Promise<string> =>
  setUpWebgpu((line) => void said.push(line), signal, { ...surroundings, ...around });

describe('setUpWebgpu', () => {
  it('keeps the library of this platform alone, is done the second time, and can be removed', async () => {
    const library = await run();
    expect(readFileSync(library, 'utf8')).toBe('dist/linux-x64/dawn.node');
    expect(webgpuLibrary(surroundings)).toBe(library);
    expect(readdirSync(surroundings.home)).toEqual(['1.2.3-linux-x64']);
    expect(readdirSync(join(surroundings.home, '1.2.3-linux-x64')).sort()).toEqual(['LICENSE.md', 'dawn.node']);
    expect(said[0]).toContain('a download of about 51 MB');
    await run();
    expect(said.at(-1)).toContain('is set up already');
    expect(await removeWebgpu(signal, surroundings.home)).toBe(true);
    expect(existsSync(surroundings.home)).toBe(false);
  });

  it('builds once where two start together', async () => {
    const [a, b] = await Promise.all([run(), run()]);
    expect(a).toBe(b);
    expect(said.filter((line) => line.includes('a download'))).toHaveLength(1);
  });

  it.each([
    ['another hash', (it: WebgpuSurroundings) => ({ dawn: { ...it.dawn, sha512: 'other' } }), 'got SHA-512'],
    ['a platform without a library', () => ({ platform: 'aix-ppc64' }), 'got aix-ppc64, wanted one of linux-x64'],
    ['a package without it', () => ({ platform: 'win32-x64' }), 'got no library for win32-x64'],
    [
      'a library that does not load',
      () => ({ verify: () => Promise.reject(new InputError('setup: it does not load')) }),
      'does not load',
    ],
  ])('refuses %s in one line and leaves nothing', async (_what, change, text) => {
    await expect(run(change(surroundings))).rejects.toThrow(text);
    expect(existsSync(surroundings.home) ? readdirSync(surroundings.home) : []).toEqual([]);
  });

  it.each([
    ["console.error('npm error network aborted'); process.exit(1)", 'npm pack, got "npm error network aborted"'],
    ["console.error('npm error code ENOSPC'); process.exit(1)", 'npm pack, got no space left on the device'],
  ])('refuses a download that ends early in one line, leaves nothing, and works the next time', async (body, text) => {
    npmDoes(body);
    await expect(run()).rejects.toThrow(text);
    expect(readdirSync(surroundings.home)).toEqual([]);
    npmDoes(copies);
    expect(existsSync(await run())).toBe(true);
  });

  it('refuses an archive that is cut off', async () => {
    const whole = readFileSync(join(folder, 'webgpu.tgz'));
    const cut = whole.subarray(0, whole.length / 2);
    writeFileSync(join(folder, 'webgpu.tgz'), cut);
    const dawn = { ...surroundings.dawn, sha512: createHash('sha512').update(cut).digest('base64') };
    await expect(run({ dawn })).rejects.toThrow('wanted a whole archive');
    expect(readdirSync(surroundings.home)).toEqual([]);
  });

  it('has no options of TensorFlow', async () => {
    const { code, stderr } = await inProcess(setupCommand, 'webgpu', '--gpu');
    expect(code).toBe(2);
    expect(stderr).toContain('setup webgpu: --gpu, --cpu, --version or --from, got one, wanted none');
  });
});
