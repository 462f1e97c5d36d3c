import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '@jembench/core';
import { defaultCacheDir } from '@jembench/datasets/node';
import { madeOnce, removeHome } from './installation.js';
import { npmProgram, runProgram, type Program } from './programs.js';
import type { NpmPackage } from './recipe.js';
import { npmArchives } from './sources.js';
import { unpack } from './unpack.js';

/** Dawn, Chromium's WebGPU, for Node. Its package holds five platforms in 137 MB: one of them is kept, and nobody's `npm ci` fetches it. */
const dawn: NpmPackage = {
  name: 'webgpu',
  version: '0.6.2',
  sha512: '3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==',
  folder: '.',
};

const size = { download: 51, disk: 75 };

/** Where the package has its library, by Node's names of system and processor. */
const platforms: Readonly<Record<string, string | undefined>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-universal',
  'darwin-arm64': 'darwin-universal',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};

/** What a set-up finds around it; tests bring their own. */
export interface WebgpuSurroundings {
  readonly dawn: NpmPackage;
  /** `linux-x64`: Node's names of system and processor. */
  readonly platform: string;
  readonly home: string;
  /** Loads what was unpacked, in a process of its own. @throws InputError with the reason where it does not load. */
  readonly verify: (library: string, stop: AbortSignal) => Promise<void>;
}

const here = (): WebgpuSurroundings => ({
  dawn,
  platform: `${process.platform}-${process.arch}`,
  home: join(dirname(defaultCacheDir()), 'webgpu'),
  verify: loadsInProcess,
});

const folderOf = ({ home, dawn: { version }, platform }: WebgpuSurroundings): string =>
  join(home, `${version}-${platform}`);
const libraryIn = (folder: string): string => join(folder, 'dawn.node');

/** Dawn as it is set up for this user: a module of Node; null where it is not. */
export function webgpuLibrary(surroundings: WebgpuSurroundings = here()): string | null {
  const library = libraryIn(folderOf(surroundings));
  return existsSync(library) ? library : null;
}

/**
 * Sets WebGPU for Node up in the user's cache folder, or finds that it is: complete or not at all.
 *
 * @returns the library.
 * @throws InputError in one line for everything that can be missing, damaged or full.
 */
export async function setUpWebgpu(
  say: (line: string) => void,
  stop: AbortSignal,
  surroundings: WebgpuSurroundings = here(),
): Promise<string> {
  const { dawn: wanted, platform, home, verify } = surroundings;
  const part = platforms[platform];
  if (part === undefined) {
    throw new InputError(
      `setup: platform, got ${platform}, wanted one of ${Object.keys(platforms).join(', ')}; the wasm backend needs no set-up`,
    );
  }
  const npm = npmProgram();
  return madeOnce(home, say, stop, {
    there() {
      const library = webgpuLibrary(surroundings);
      if (library !== null) say(`WebGPU (Dawn, webgpu ${wanted.version}) is set up already`);
      return library;
    },
    kept: () => [],
    disk: size.disk,
    async make(stage) {
      say(`WebGPU (Dawn, webgpu ${wanted.version}) from npm: a download of about ${size.download} MB into ${home}`);
      const [archive] = [...(await npmArchives([wanted], { stage, stop, npm })).values()];
      const built = join(stage, 'built');
      await mkdir(built);
      await unpack(archive, built, (path) => {
        const [, file] = new RegExp(`^package/(?:dist/${part}/)?([^/]+)$`).exec(path) ?? [];
        return file !== undefined && (path.includes(`/${part}/`) || file === 'LICENSE.md') ? file : null;
      });
      if (!existsSync(libraryIn(built))) {
        throw new InputError(`setup: ${wanted.name}@${wanted.version}, got no library for ${platform}, wanted one`);
      }
      await verify(libraryIn(built), stop);
      const folder = folderOf(surroundings);
      await rename(built, folder);
      return libraryIn(folder);
    },
  });
}

/** Deletes everything. @returns false where there was nothing. */
export const removeWebgpu = (stop: AbortSignal, home = here().home): Promise<boolean> => removeHome(home, stop);

async function loadsInProcess(library: string, stop: AbortSignal): Promise<void> {
  const program: Program = [process.execPath, '-e', 'require(process.argv[1]).create([])'];
  const { code, lastLines } = await runProgram(program, [library], { cwd: dirname(library), stop });
  if (code === 0) return;
  throw new InputError(`setup: ${library}, got "${lastLines}" on loading it, wanted it to load here`);
}
