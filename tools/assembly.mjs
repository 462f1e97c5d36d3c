/**
 * What the build scripts of packages with AssemblyScript share. Node only, no other toolchain. The same sources give the same bytes; a run
 * with nothing to do costs a fraction of a second, and `--force` compiles anyway.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** The files of a folder, by their names. */
export async function sourcesIn(folder) {
  const sources = {};
  for (const name of (await readdir(folder)).sort()) sources[name] = await readFile(join(folder, name), 'utf8');
  return sources;
}

/** The module that `index.ts` of the sources makes. */
export async function compiled(sources, options) {
  let binary;
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'kernels.wasm', '--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', ...options],
    {
      readFile: (name) => sources[name] ?? null,
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stderr.toString()}`);
  return binary;
}

/** The file of a package that has one module: its bytes as `kernels`, for `embeddedModule` of @jembench/core. */
export function embedded(bytes, fingerprint) {
  const base64 = Buffer.from(bytes).toString('base64');
  return `/** Written by build.mjs from sources ${fingerprint}: do not edit. */\nexport const kernels =\n  '${base64}';\n`;
}

/**
 * Writes `src/generated/kernels.ts` of the script's package, unless it is of these sources already.
 *
 * @param script the URL of the build script.
 * @param more what else the file depends on.
 * @param text the file, given the fingerprint of all that it depends on, which must be in it.
 */
export async function generated(script, sources, more, text) {
  const hash = createHash('sha256').update(`${more} ${asc.version} `);
  for (const code of [script, import.meta.url]) hash.update(await readFile(fileURLToPath(code)));
  for (const [name, source] of Object.entries(sources)) hash.update(`${name}\0${source}\0`);
  const fingerprint = hash.digest('hex');

  const target = join(dirname(fileURLToPath(script)), 'src', 'generated', 'kernels.ts');
  const existing = await readFile(target, 'utf8').catch(() => '');
  if (existing.includes(fingerprint) && !process.argv.includes('--force')) return;
  const content = await text(fingerprint);
  await mkdir(dirname(target), { recursive: true });
  // Two builds at once must not leave half a file.
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, content);
  await rename(temporary, target);
}
