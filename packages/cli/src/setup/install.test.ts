import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zipSync, type Zippable } from 'fflate';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '@jembench/core';
import { Interrupted } from '../errors.js';
import { inProcess } from '../fixtures/in-process.js';
import { setupCommand } from '../commands/setup.js';
import { removeTensorflow, setUpTensorflow, type SetupRequest, type Surroundings } from './install.js';
import { currentInstallation } from './installation.js';
import type { Recipe } from './recipe.js';
import { keepCuda } from './sources.js';
import { unpack } from './unpack.js';

/** The header of a Linux library for x64 (62) or ARM (183). */
function library(machine: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\x7fELF', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

const wheelName = 'tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl';

/** The same bytes whenever it is made: an archive notes the time. */
const wheel = (machine: number, more: Zippable = {}): Uint8Array =>
  zipSync(
    {
      'tensorflow/libtensorflow_cc.so.2': library(machine),
      'tensorflow/libtensorflow_framework.so.2': library(machine),
      'tensorflow/include/tensorflow/c/c_api.h': Buffer.from('// C'),
      'tensorflow/python/large.so': Buffer.from('not needed'),
      'tensorflow_cpu-9.9.9.dist-info/METADATA': Buffer.from('Version: 9.9.9\n'),
      ...more,
    },
    { mtime: new Date(2020, 0, 1) },
  );

const tarball = async (files: Readonly<Record<string, string>>): Promise<Uint8Array> =>
  gzipSync(
    await packTar(
      Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body })),
    ),
  );

let folder: string;
let bin: string;
let wheels: string;
let stop: AbortController;
let said: string[];
let surroundings: Surroundings;

/** A program on the PATH, in Node. */
function program(name: string, body: string): string {
  const path = join(bin, name);
  writeFileSync(
    path,
    `#!${process.execPath}\nconst fs = require('fs'), path = require('path'), args = process.argv.slice(2);\n${body}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

const after = (flag: string): string => `args[args.indexOf('${flag}') + 1]`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jembench-setup-'));
  bin = join(folder, 'bin');
  wheels = join(folder, 'wheels');
  for (const each of [bin, wheels]) mkdirSync(each);
  stop = new AbortController();
  said = [];
  writeFileSync(join(wheels, wheelName), wheel(62));
  const tgz = await tarball({ 'package/package.json': '{}', 'package/binding/a.cc': 'int a;' });
  writeFileSync(join(folder, 'tfjs-node.tgz'), tgz);
  program(
    'npm',
    `fs.copyFileSync(${JSON.stringify(join(folder, 'tfjs-node.tgz'))}, path.join(${after('--pack-destination')}, 'tfjs-node-4.22.0.tgz'))`,
  );
  program('c++', `fs.writeFileSync(${after('-o')}, 'binding')`);
  vi.stubEnv(
    'JEMBENCH_PYTHON',
    program(
      'python',
      `fs.copyFileSync(${JSON.stringify(join(wheels, wheelName))}, path.join(${after('--dest')}, '${wheelName}'))`,
    ),
  );
  vi.stubEnv('PATH', bin);
  vi.stubEnv('CXX', '');
  vi.stubEnv('npm_execpath', '');
  const recipe: Recipe = {
    version: '9.9.9',
    sha256: { [wheelName]: createHash('sha256').update(wheel(62)).digest('hex') },
    packages: [
      {
        name: 'tfjs-node',
        version: '4.22.0',
        sha512: createHash('sha512').update(tgz).digest('base64'),
        variant: 'cpu',
        folder: 'tfjs-node',
      },
    ],
    size: { cpu: { download: 1, disk: 1 }, gpu: { download: 1, disk: 1 } },
  };
  surroundings = {
    recipe,
    platform: { system: 'linux', arch: 'x64', glibc: '2.36' },
    home: join(folder, 'home'),
    verify: () => Promise.resolve(),
  };
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const run = (request: Partial<SetupRequest> = {}, around: Partial<Surroundings> = {}) =>
  setUpTensorflow(
    { variant: 'cpu', from: 'pypi', ...request },
    (line) => {
      said.push(line);
    },
    stop.signal,
    { ...surroundings, ...around },
  );

/** Fails with one line, and leaves nothing. */
async function refuses(text: string, request: Partial<SetupRequest> = {}, around: Partial<Surroundings> = {}) {
  const error: unknown = await run(request, around).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toContain(text);
  expect((error as Error).message).not.toContain('\n');
  expect(existsSync(surroundings.home) ? readdirSync(surroundings.home) : []).toEqual([]);
}

describe('setUpTensorflow', () => {
  it('keeps what is needed of the wheel, says the size before, and is done the second time', async () => {
    const done = await run();
    expect(currentInstallation(surroundings.home)).toEqual(done);
    expect(done).toMatchObject({ version: '9.9.9', variant: 'cpu', tfjsNode: '4.22.0' });
    expect(readdirSync(join(done.folder, 'tensorflow')).sort()).toEqual([
      ...['about', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    ]);
    expect(readdirSync(done.folder).sort()).toEqual([
      ...['include', 'installation.json', 'node_modules', 'tensorflow', 'tfjs-node'],
    ]);
    expect(said[0]).toContain('a download of about 1 MB');
    await run();
    expect(said.at(-1)).toBe('TensorFlow 9.9.9 (cpu) is set up already');
  });

  it('takes the wheel of a folder without Python, and TensorFlow’s own archive', async () => {
    vi.stubEnv('JEMBENCH_PYTHON', 'none');
    expect((await run({ from: wheels })).version).toBe('9.9.9');
    rmSync(join(wheels, wheelName));
    const elf = library(62).toString('latin1');
    writeFileSync(
      join(wheels, 'libtensorflow-cpu-linux-x86_64.tar.gz'),
      await tarball({
        './lib/libtensorflow.so.2.9.9': elf,
        './lib/libtensorflow_framework.so.2.9.9': elf,
        './include/tensorflow/c/c_api.h': '',
      }),
    );
    const done = await run({ from: wheels, version: '9.9.8' });
    expect(readdirSync(join(done.folder, 'tensorflow')).sort()).toEqual([
      'libtensorflow.so.2',
      'libtensorflow_framework.so.2',
    ]);
    expect(said).toContainEqual(expect.stringContaining('no hash of it is known here'));
    expect(readdirSync(surroundings.home).sort()).toEqual(['9.9.8-cpu-x64-4.22.0', 'current.json']);
  });

  it('can be removed', async () => {
    await run();
    expect(await removeTensorflow(stop.signal, surroundings.home)).toBe(true);
    expect(existsSync(surroundings.home)).toBe(false);
    expect(await removeTensorflow(stop.signal, surroundings.home)).toBe(false);
  });

  it('lets a second one wait for the first, and builds once', async () => {
    const builds = join(folder, 'builds');
    program(
      'c++',
      `fs.appendFileSync(${JSON.stringify(builds)}, 'x'); setTimeout(() => fs.writeFileSync(${after('-o')}, 'binding'), 500)`,
    );
    const [a, b] = await Promise.all([run(), run()]);
    expect(a).toEqual(b);
    expect(said).toContain('waiting for another set-up');
    expect(readFileSync(builds, 'utf8')).toBe('x');
  });

  it('clears away what a killed one left behind', async () => {
    mkdirSync(join(surroundings.home, 'part-killed', 'built'), { recursive: true });
    await run();
    expect(readdirSync(surroundings.home).sort()).toEqual(['9.9.9-cpu-x64-4.22.0', 'current.json']);
  });

  it('keeps the one that works when the next one fails', async () => {
    const first = await run();
    program('c++', "console.error('a.cc:1: error: no'); process.exit(1)");
    await expect(run({ version: '9.9.8', from: wheels })).rejects.toThrow(InputError);
    expect(currentInstallation(surroundings.home)).toEqual(first);
  });

  it('stops while it compiles, and leaves nothing', async () => {
    program('c++', 'setInterval(() => {}, 1000)');
    const running = run({}, {});
    await vi.waitFor(() => {
      expect(said.at(-1)).toContain('compiling');
    }, 10_000);
    stop.abort(new Interrupted('stopped'));
    await expect(running).rejects.toThrow(Interrupted);
    expect(readdirSync(surroundings.home)).toEqual([]);
  });
});

describe('setUpTensorflow refuses in one line', () => {
  it('a machine without Python', () => {
    vi.stubEnv('JEMBENCH_PYTHON', 'none');
    return refuses('Python, got none on PATH');
  });

  it('a Python without pip', () => {
    program('python', "console.error('python3: No module named pip'); process.exit(1)");
    return refuses('got a Python without pip');
  });

  it('a machine without a compiler', () => {
    rmSync(join(bin, 'c++'));
    return refuses('C++ compiler, got none on PATH');
  });

  it('an interrupted download', () => {
    program('python', "console.error('ERROR: Connection broken: IncompleteRead'); process.exit(1)");
    return refuses('Connection broken: IncompleteRead');
  });

  it('an interrupted download from upstream, and an answer that is no archive', async () => {
    const answers = [
      new Response(
        new ReadableStream({
          start(body) {
            body.enqueue(new Uint8Array(10));
            body.error(new Error('terminated'));
          },
        }),
      ),
      new Response('no', { status: 403 }),
    ];
    vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()));
    await refuses('got terminated, wanted the archive', { from: 'upstream' });
    await refuses('got the status 403, wanted the archive', { from: 'upstream' });
  });

  it('an interrupted download of npm, and one that fills the disk', async () => {
    program('npm', "console.error('npm error network socket hang up'); process.exit(1)");
    await refuses('npm pack, got "npm error network socket hang up"');
    program('npm', "console.error('npm error code ENOSPC'); process.exit(1)");
    await refuses('npm pack, got no space left on the device');
  });

  it('a wheel with another hash, by pip and by ourselves', async () => {
    writeFileSync(join(wheels, wheelName), wheel(62, { 'tensorflow/extra': Buffer.from('evil') }));
    await refuses('got SHA-256');
    await refuses('got SHA-256', { from: wheels });
    program(
      'python',
      "console.error('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'); process.exit(1)",
    );
    await refuses('a wheel with another hash than the published one');
  });

  it('an npm package with another hash', async () => {
    writeFileSync(join(folder, 'tfjs-node.tgz'), await tarball({ 'package/binding/a.cc': 'evil' }));
    await refuses('tfjs-node@4.22.0, got SHA-512');
  });

  it('a disk without the room, and one that fills up on the way', async () => {
    const size = { cpu: { download: 1, disk: 1e12 }, gpu: { download: 1, disk: 1e12 } };
    await refuses('MB of free space, wanted 1000000000000 MB', {}, { recipe: { ...surroundings.recipe, size } });
    program('python', "console.error('ERROR: Could not install: [Errno 28] No space left on device'); process.exit(1)");
    await refuses('no space left on the device');
  });

  it('what the compiler refuses, with its last lines', () => {
    program('c++', "console.error('one\\na.cc:7: error: expected ;\\n1 error generated.'); process.exit(1)");
    return refuses('a.cc:7: error: expected ; | 1 error generated.');
  });

  it('libraries of another processor', () => {
    writeFileSync(join(wheels, wheelName), wheel(183));
    return refuses(
      'got one for arm64, wanted one for x64',
      { from: wheels },
      { recipe: { ...surroundings.recipe, sha256: {} } },
    );
  });

  it('a wheel without the libraries, and one that is cut off', async () => {
    const recipe = { ...surroundings.recipe, sha256: {} };
    writeFileSync(join(wheels, wheelName), zipSync({ 'a.txt': Buffer.from('a') }));
    await refuses("got 0 of TensorFlow's libraries", { from: wheels }, { recipe });
    writeFileSync(join(wheels, wheelName), wheel(62).subarray(0, 200));
    await refuses('wanted a whole archive', { from: wheels }, { recipe });
  });

  it.each([
    [{ system: 'darwin', arch: 'arm64', glibc: null }, 'got darwin arm64'],
    [{ system: 'linux', arch: 'x64', glibc: null }, 'got linux x64 without glibc'],
    [{ system: 'linux', arch: 'riscv64', glibc: '2.40' }, 'got linux riscv64'],
  ])('a platform that TensorFlow is not made for', (platform, text) => refuses(text, {}, { platform }));

  it('a binding that does not load', () =>
    refuses('does not load', {}, { verify: () => Promise.reject(new InputError('setup: it does not load')) }));

  it('a folder without the wheel', async () => {
    rmSync(join(wheels, wheelName));
    await refuses(`got no tensorflow_cpu-9.9.9-*.whl`, { from: wheels });
  });
});

describe('unpack', () => {
  it('writes nothing outside its folder', async () => {
    const archive = join(folder, 'evil.whl');
    writeFileSync(archive, zipSync({ '../outside.so': Buffer.from('x') }));
    await expect(unpack(archive, join(folder, 'in'), (name) => name)).rejects.toThrow(InputError);
    const tar = join(folder, 'evil.tgz');
    writeFileSync(tar, await tarball({ 'package/../../outside.so': 'x' }));
    await expect(unpack(tar, join(folder, 'in'), (name) => name)).rejects.toThrow(InputError);
    expect(existsSync(join(folder, 'outside.so'))).toBe(false);
  });

  it('keeps CUDA’s libraries and assembler, not its headers', () => {
    expect(keepCuda('nvidia/cudnn/lib/libcudnn.so.9')).toBe('nvidia/cudnn/lib/libcudnn.so.9');
    expect(keepCuda('nvidia/cuda_nvcc/bin/ptxas')).toBe('nvidia/cuda_nvcc/bin/ptxas');
    expect(keepCuda('nvidia/cudnn/include/cudnn.h')).toBeNull();
  });
});

describe('jembench setup', () => {
  it.each([
    [['nothing'], 'setup'],
    [['tensorflow', '--gpu', '--cpu'], '--gpu and --cpu, got both, wanted one'],
    [['tensorflow', '--version', 'new'], '--version: got "new"'],
  ])('refuses %s with exit code 2', async (args, text) => {
    const { code, stderr } = await inProcess(setupCommand, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});
