import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '@jembench/core';
import { errorLine, isSystemError } from '../error-line.js';
import { runProgram, type Program } from './programs.js';
import type { NpmPackage, Recipe, Variant } from './recipe.js';
import type { Keep } from './unpack.js';

/** What is fetched, and for which machine. */
export interface Wanted {
  readonly version: string;
  readonly variant: Variant;
  /** As wheels name the processor. */
  readonly machine: string;
}

export interface Fetching {
  readonly recipe: Recipe;
  /** Where downloads go. */
  readonly stage: string;
  readonly stop: AbortSignal;
  readonly pip: Program;
  readonly npm: Program;
  readonly say: (line: string) => void;
}

const hashOf = async (file: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> => {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest();
};

/** TensorFlow for a GPU is the wheel without a suffix; on ARM it is that one for both. */
const wheelName = ({ variant, machine }: Wanted): string =>
  variant === 'cpu' && machine === 'x86_64' ? 'tensorflow-cpu' : 'tensorflow';

/** The archive with libtensorflow, from where the user wants it. @throws InputError in one line for whatever goes wrong. */
export async function tensorflowArchive(from: string, wanted: Wanted, fetching: Fetching): Promise<string> {
  if (from === 'pypi') {
    const pinned = Object.entries(fetching.recipe.sha256).filter(([file]) =>
      file.startsWith(`${wheelName(wanted).replace('-', '_')}-${wanted.version}-`),
    );
    const hashes = pinned.map(([, hash]) => `--hash=sha256:${hash}`);
    const wheels = await pipDownload(
      [[`${wheelName(wanted)}==${wanted.version}`, ...hashes].join(' ')],
      wanted,
      fetching,
    );
    if (wheels.length === 1) return wheels[0];
    throw new InputError(`setup: pip download, got ${wheels.length} wheels, wanted 1`);
  }
  if (from === 'upstream') return upstreamArchive(wanted, fetching);
  return archiveIn(from, wanted);
}

/** The CUDA and cuDNN wheels that TensorFlow's own wheel asks for, from PyPI or the user's folder. */
export async function cudaWheels(
  from: string,
  metadata: string,
  wanted: Wanted,
  fetching: Fetching,
): Promise<readonly string[]> {
  const requirements = [...metadata.matchAll(/^Requires-Dist: (\S[^;]*?)\s*;\s*extra == ["']and-cuda["']\s*$/gm)].map(
    ([, requirement]) => requirement,
  );
  if (requirements.length === 0) {
    throw new InputError(
      `setup: the wheel of TensorFlow ${wanted.version}, got no requirements "and-cuda", wanted those of a build for GPUs`,
    );
  }
  if (from === 'pypi') return pipDownload(requirements, wanted, fetching);
  const files = (await readdir(from)).filter((file) => file.endsWith('.whl'));
  return requirements.map((requirement) => {
    const name = /^[\w.-]+/.exec(requirement)?.[0].replaceAll(/[-.]/g, '_') ?? requirement;
    const file = files.find((each) => each.startsWith(`${name}-`));
    if (file !== undefined) return join(resolve(from), file);
    throw new InputError(`setup: --from ${from}, got no wheel of ${name}, wanted one for "${requirement}"`);
  });
}

/**
 * `pip download` of exactly these requirements, with the user's own configuration of pip: index, proxy, certificates, cache.
 *
 * The wheels are those of Python 3.11, whichever Python runs pip: only libraries and headers are taken from them, and the hash is one.
 */
async function pipDownload(
  requirements: readonly string[],
  { machine }: Wanted,
  { stage, stop, pip, say }: Fetching,
): Promise<readonly string[]> {
  const folder = join(stage, 'wheels');
  const temporary = join(stage, 'pip');
  await mkdir(folder, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const list = join(stage, 'requirements.txt');
  await writeFile(list, `${requirements.join('\n')}\n`);
  const before = new Set(await readdir(folder));
  const platforms = ['2_28', '2_27', '2_17', '2014'].map(
    (tag) => `manylinux${tag === '2014' ? '' : '_'}${tag}_${machine}`,
  );
  const args = [
    ...['download', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--no-deps'],
    ...[
      '--only-binary',
      ':all:',
      '--python-version',
      '3.11',
      '--implementation',
      'cp',
      '--abi',
      'cp311',
      '--abi',
      'none',
    ],
    ...['--abi', 'abi3', ...platforms.flatMap((platform) => ['--platform', platform])],
    ...['--dest', folder, '--requirement', list],
  ];
  const watching = watchGrowth([folder, temporary], say);
  try {
    // Whatever pip puts aside goes where the rest is: on a disk with the room, and away with it.
    const { code, lastLines } = await runProgram(pip, args, { cwd: stage, stop, env: { TMPDIR: temporary } });
    if (code !== 0) throw new InputError(`setup: pip download, got ${pipProblem(lastLines)}`);
  } finally {
    clearInterval(watching);
  }
  return (await readdir(folder)).filter((file) => !before.has(file)).map((file) => join(folder, file));
}

/** How pip and npm say that the disk is full. */
const noSpace = /no space left|ENOSPC/i;

function pipProblem(lines: string): string {
  if (/No module named pip/i.test(lines))
    return 'a Python without pip, wanted one with it; python3 -m ensurepip, or apt install python3-pip';
  if (/do not match the hashes/i.test(lines))
    return `a wheel with another hash than the published one, wanted that one; "${lines}"`;
  if (noSpace.test(lines)) return `no space left on the device; "${lines}"`;
  return `"${lines || 'no answer'}", wanted the wheel; check the network and pip's index, or bring the wheel: --from DIR`;
}

/** Says every few seconds how much there is by now. */
function watchGrowth(folders: readonly string[], say: (line: string) => void): NodeJS.Timeout {
  let last = 0;
  const timer = setInterval(() => {
    void Promise.all(folders.map(folderMB)).then((sizes) => {
      const size = Math.floor(sizes.reduce((sum, each) => sum + each, 0));
      if (size >= last + 10) say(`downloading: ${size} MB`);
      if (size >= last + 10) last = size;
    });
  }, 3000);
  timer.unref();
  return timer;
}

async function folderMB(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

/** TensorFlow's own archives of its C library. It publishes no hashes of them: what came is recorded. */
async function upstreamArchive({ version, variant, machine }: Wanted, { stage, stop, say }: Fetching): Promise<string> {
  const url = `https://storage.googleapis.com/tensorflow/versions/${version}/libtensorflow-${variant}-linux-${machine}.tar.gz`;
  const file = join(stage, basename(url));
  const problem = (text: string, cause?: unknown): InputError =>
    new InputError(`setup: ${url}, got ${text}, wanted the archive; --from pypi needs another network`, { cause });
  const watching = watchGrowth([stage], say);
  try {
    const answer = await fetch(url, { signal: stop });
    if (!answer.ok || answer.body === null) throw problem(`the status ${answer.status}`);
    const body = Readable.fromWeb(answer.body);
    await pipeline(body, createWriteStream(file), { signal: stop });
    return file;
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof InputError || isSystemError(error)) throw error;
    throw problem(errorLine(error), error);
  } finally {
    clearInterval(watching);
  }
}

async function archiveIn(folder: string, wanted: Wanted): Promise<string> {
  const { version, variant, machine } = wanted;
  const files = await readdir(folder);
  const wheel = `${wheelName(wanted).replace('-', '_')}-${version}-`;
  const fits = files.filter((file) => file.startsWith(wheel) && file.endsWith('.whl'));
  const found =
    fits.find((file) => file.endsWith(`${machine}.whl`)) ??
    fits.at(0) ??
    files.find((file) => file.startsWith(`libtensorflow-${variant}-linux-`) && file.endsWith('.tar.gz'));
  if (found !== undefined) return join(resolve(folder), found);
  throw new InputError(
    `setup: --from ${folder}, got no ${wheel}*.whl and no libtensorflow-${variant}-linux-${machine}.tar.gz, wanted one of them`,
  );
}

/** @returns the SHA-256, checked where it is known. @throws InputError for another one. */
export async function checkedHash(file: string, { sha256 }: Recipe): Promise<string> {
  const got = (await hashOf(file, 'sha256')).toString('hex');
  const known = (sha256 as Readonly<Record<string, string | undefined>>)[basename(file)];
  if (known === undefined || known === got) return got;
  throw new InputError(
    `setup: ${file}, got SHA-256 ${got}, wanted ${known}; the download is damaged or not TensorFlow's`,
  );
}

/** Packages from npm, without their dependencies and scripts. */
export async function npmArchives(
  packages: readonly NpmPackage[],
  { stage, stop, npm }: Pick<Fetching, 'stage' | 'stop' | 'npm'>,
): Promise<ReadonlyMap<NpmPackage, string>> {
  const folder = join(stage, 'npm');
  await mkdir(folder);
  const names = packages.map(({ name, version }) => `${name}@${version}`);
  const args = ['pack', '--ignore-scripts', '--pack-destination', folder, ...names];
  const { code, lastLines } = await runProgram(npm, args, { cwd: folder, stop });
  if (code !== 0) {
    const got = noSpace.test(lastLines) ? `no space left on the device; "${lastLines}"` : `"${lastLines}"`;
    throw new InputError(`setup: npm pack, got ${got}, wanted ${names.join(', ')}; check the network and the disk`);
  }
  const archives = new Map<NpmPackage, string>();
  for (const each of packages) {
    const file = join(folder, `${each.name.replace('@', '').replace('/', '-')}-${each.version}.tgz`);
    const got = (await hashOf(file, 'sha512')).toString('base64');
    if (got !== each.sha512) {
      throw new InputError(`setup: ${each.name}@${each.version}, got SHA-512 ${got}, wanted ${each.sha512}`);
    }
    archives.set(each, file);
  }
  return archives;
}

const headers = /^(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c|third_party\/xla)\/.*\.h$/;

/** The two libraries and the few headers of the C interface, from a wheel or from TensorFlow's own archive. */
export const keepTensorflow: Keep = (name) => {
  const library = /^(?:tensorflow|lib)\/libtensorflow(_cc|_framework)?\.so\.(\d+)(\.\d+)*$/.exec(name);
  if (library !== null) return `tensorflow/libtensorflow${library[1] ?? ''}.so.${library[2]}`;
  const header = name.replace(/^(tensorflow\/)?include\//, '');
  if (header !== name && headers.test(header)) return `include/${header}`;
  return /^tensorflow(_cpu)?-[^/]*\.dist-info\/(METADATA|licenses\/.*|LICENSE.*)$/.test(name)
    ? name.replace(/^[^/]*/, 'tensorflow/about')
    : null;
};

/** CUDA's libraries and the assembler that TensorFlow's compiler calls, where Python would have them. */
export const keepCuda: Keep = (name) =>
  /^nvidia\/.*\.so(\.\d+)*$|^nvidia\/cuda_nvcc\/(bin\/|nvvm\/libdevice\/)|^nvidia\/[^/]*\/[Ll]icense/.test(name)
    ? name
    : null;
