import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '@jembench/core';
import { cudaLinks } from './cuda.js';
import {
  bindingFile,
  currentInstallation,
  installation,
  madeOnce,
  makeCurrent,
  removeHome,
  tensorflowFolder,
  writeManifest,
  type Installation,
} from './installation.js';
import { checkArchitecture, thisPlatform, wheelMachine, type Platform } from './platform.js';
import { findPrograms, runProgram, type Program } from './programs.js';
import { recipe as published, type Recipe, type Variant } from './recipe.js';
import {
  checkedHash,
  cudaWheels,
  keepCuda,
  keepTensorflow,
  npmArchives,
  tensorflowArchive,
  type Fetching,
} from './sources.js';
import { unpack } from './unpack.js';

export interface SetupRequest {
  readonly variant: Variant;
  /** Undefined takes the one that was tried. */
  readonly version?: string;
  /** `pypi`, `upstream` or a folder. */
  readonly from: string;
}

/** What a set-up finds around it; tests bring their own. */
export interface Surroundings {
  readonly recipe: Recipe;
  readonly platform: Platform;
  readonly home: string;
  /** Loads what was built, in a process of its own. @throws InputError with the reason where it does not load. */
  readonly verify: (folder: string, stop: AbortSignal) => Promise<void>;
}

const here = (): Surroundings => ({
  recipe: published,
  platform: thisPlatform(),
  home: tensorflowFolder(),
  verify: loadsInProcess,
});

/**
 * Sets native TensorFlow up in the user's cache folder, or finds that it is.
 *
 * All is made in a folder of its own, which gets its name by one rename when it has been loaded once: whatever happens on the way leaves
 * what was there before.
 *
 * @throws InputError in one line for everything that can be missing, damaged or full.
 */
export async function setUpTensorflow(
  { variant, version: asked, from }: SetupRequest,
  say: (line: string) => void,
  stop: AbortSignal,
  { recipe, platform, home, verify }: Surroundings = here(),
): Promise<Installation> {
  const version = asked ?? recipe.version;
  const machine = wheelMachine(platform);
  const programs = findPrograms(from === 'pypi');
  const packages = recipe.packages.filter((each) => each.variant === undefined || each.variant === variant);
  const tfjsNode = packages.find((each) => each.variant !== undefined)?.version ?? '';
  const name = `${version}-${variant}-${platform.arch}-${tfjsNode}`;
  const folder = join(home, name);
  return madeOnce(home, say, stop, {
    there() {
      const found = installation(folder);
      if (found === null || currentInstallation(home)?.folder !== folder) return null;
      say(`TensorFlow ${version} (${variant}) is set up already`);
      return found;
    },
    kept: () => [...keptNames(home)],
    disk: recipe.size[variant].disk,
    async make(stage) {
      const fetching: Fetching = { recipe, stage, stop, say, ...programs };
      const built = join(stage, 'built');
      await mkdir(built);
      const { download, disk } = recipe.size[variant];
      say(
        from === 'pypi' || from === 'upstream'
          ? `TensorFlow ${version} (${variant}) from ${from}: a download of about ${download} MB, for a moment ${disk} MB of disk in ${home}`
          : `TensorFlow ${version} (${variant}) from ${from}, for a moment ${disk} MB of disk in ${home}`,
      );
      const sources: Record<string, string> = {};

      const archives = await npmArchives(packages, fetching);
      for (const [{ name: each, folder: target, sha512 }, archive] of archives) {
        sources[each] = `sha512-${sha512}`;
        await unpack(archive, join(built, target), (path) => /^[^/]+\/(.+)$/.exec(path)?.[1] ?? null);
      }

      const wanted = { version, variant, machine };
      const archive = await tensorflowArchive(from, wanted, fetching);
      sources[basename(archive)] = await checkedHash(archive, recipe);
      if (recipe.sha256[basename(archive)] === undefined) {
        say(`${basename(archive)}: no hash of it is known here, it has SHA-256 ${sources[basename(archive)]}`);
      }
      say(`unpacking ${basename(archive)}`);
      await unpack(archive, built, keepTensorflow);
      stop.throwIfAborted();
      const libraries = librariesIn(built, archive);
      for (const library of libraries) checkArchitecture(library, platform);
      if (variant === 'gpu' && archive.endsWith('.whl')) {
        const metadata = readFileSync(join(built, 'tensorflow', 'about', 'METADATA'), 'utf8');
        for (const wheel of await cudaWheels(from, metadata, wanted, fetching)) {
          sources[basename(wheel)] = await checkedHash(wheel, recipe);
          say(`unpacking ${basename(wheel)}`);
          await unpack(wheel, built, keepCuda);
        }
        await makeExecutable(join(built, 'nvidia', 'cuda_nvcc', 'bin'));
      }
      await writeDoors(built);

      say('compiling the binding (half a minute)');
      await compile(built, libraries, programs.compiler, stop);
      await verify(built, stop);
      await writeManifest(built, { version, variant, tfjsNode, sources });
      await rm(folder, { recursive: true, force: true });
      await rename(built, folder);
      await makeCurrent(home, name);
      return { folder, version, variant, tfjsNode, sources };
    },
  });
}

/** Deletes everything. @returns false where there was nothing. */
export const removeTensorflow = (stop: AbortSignal, home = tensorflowFolder()): Promise<boolean> =>
  removeHome(home, stop);

function* keptNames(home: string): Generator<string> {
  const current = currentInstallation(home);
  if (current !== null) yield* ['current.json', basename(current.folder)];
}

function librariesIn(built: string, archive: string): readonly string[] {
  const folder = join(built, 'tensorflow');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('libtensorflow')) : [];
  if (names.length === 2) return names.map((name) => join(folder, name));
  throw new InputError(
    `setup: ${archive}, got ${names.length} of TensorFlow's libraries, wanted 2; versions from 2.16 on have them`,
  );
}

async function makeExecutable(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) await chmod(join(folder, name), 0o755);
}

/** What tfjs-node asks for as `@tensorflow/tfjs`: the one copy of tfjs-core that runs, which the loader has put there. */
async function writeDoors(built: string): Promise<void> {
  for (const name of ['tfjs', 'tfjs-core']) {
    const folder = join(built, 'node_modules', '@tensorflow', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'index.js'), "module.exports = globalThis[Symbol.for('jembench.tfjs')];\n");
  }
}

async function compile(
  built: string,
  libraries: readonly string[],
  compiler: Program,
  stop: AbortSignal,
): Promise<void> {
  const binding = join(built, 'tfjs-node', 'binding');
  const output = join(built, bindingFile);
  await mkdir(join(built, 'tfjs-node', 'lib'), { recursive: true });
  const sources = readdirSync(binding).filter((file) => file.endsWith('.cc'));
  const args = [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...['..', '../../include', '../../node-api-headers/include'].map((folder) => `-I${folder}`),
    ...sources,
    ...libraries,
    ...cudaLinks(built),
    '-Wl,-rpath,$ORIGIN/../../tensorflow',
    ...['-o', output],
  ];
  const { code, lastLines } = await runProgram(compiler, args, { cwd: binding, stop });
  if (code === 0 && existsSync(output)) return;
  const got = lastLines === '' ? `exit code ${String(code)}` : `"${lastLines}"`;
  throw new InputError(
    `setup: ${compiler.join(' ')}, got ${got}, wanted a compiled binding; CXX names another compiler`,
  );
}

/** Loads the binding in a process of its own: a library that does not fit this machine may end the process. */
async function loadsInProcess(folder: string, stop: AbortSignal): Promise<void> {
  const program: Program = [process.execPath, '-e', 'console.log(require(process.argv[1]).TF_Version)'];
  const env = { TF_CPP_MIN_LOG_LEVEL: '2' };
  const { code, lastLines } = await runProgram(program, [join(folder, bindingFile)], { cwd: folder, stop, env });
  if (code === 0) return;
  throw new InputError(`setup: the compiled binding, got "${lastLines}" on loading it, wanted it to load here`);
}
