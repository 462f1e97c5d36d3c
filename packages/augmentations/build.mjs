/**
 * Compiles `assembly/` and embeds the module in `src/generated/kernels.ts`.
 *
 * Node only, no other toolchain. The same sources give the same bytes; a run with nothing to do costs milliseconds.
 * `--force` compiles anyway.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const assembly = join(here, 'assembly');
const target = join(here, 'src', 'generated', 'kernels.ts');

const sources = {};
for (const name of (await readdir(assembly)).sort()) sources[name] = await readFile(join(assembly, name), 'utf8');

const hash = createHash('sha256')
  .update(`${asc.version} `)
  .update(await readFile(fileURLToPath(import.meta.url)));
for (const [name, text] of Object.entries(sources)) hash.update(`${name}\0${text}\0`);
const fingerprint = hash.digest('hex');

const existing = await readFile(target, 'utf8').catch(() => '');
if (!existing.includes(fingerprint) || process.argv.includes('--force')) {
  const bytes = await compile();
  await mkdir(dirname(target), { recursive: true });
  // Two builds at once must not leave half a file.
  const temporary = `${target}.${process.pid}`;
  await writeFile(
    temporary,
    `/** Written by build.mjs from sources ${fingerprint}: do not edit. */\nexport const kernels =\n  '${Buffer.from(bytes).toString('base64')}';\n`,
  );
  await rename(temporary, target);
  console.log(`view kernels: ${bytes.length} bytes`);
}

async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    // The module keeps nothing in its memory: all of it is scratch for src/fused, from address 0.
    'index.ts --outFile kernels.wasm --runtime stub -O3 --noAssert --enable simd'.split(' '),
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
