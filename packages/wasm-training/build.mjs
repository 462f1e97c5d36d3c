/**
 * Compiles `assembly/` twice (plain and relaxed SIMD) and embeds both modules in `src/generated/kernels.ts`.
 *
 * Node only, no other toolchain. The same sources give the same bytes; a run with nothing to do costs milliseconds.
 * `--force` compiles anyway.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const assembly = join(here, 'assembly');
const target = join(here, 'src', 'generated', 'kernels.ts');

const sources = {};
for (const name of (await readdir(assembly)).sort()) sources[name] = await readFile(join(assembly, name), 'utf8');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
const { default: asc } = await import('assemblyscript/asc');

const hash = createHash('sha256')
  .update(`${version} ${asc.version} `)
  .update(await readFile(fileURLToPath(import.meta.url)));
for (const [name, text] of Object.entries(sources)) hash.update(`${name}\0${text}\0`);
const fingerprint = hash.digest('hex');

const existing = await readFile(target, 'utf8').catch(() => '');
if (!existing.includes(fingerprint) || process.argv.includes('--force')) {
  const { tileSource } = await import('./assembly/tiles.mjs');
  const { transformSource } = await import('./assembly/transforms.mjs');
  sources['transforms.ts'] = transformSource();
  const modules = {
    simd: await compile(tileSource(5), []),
    relaxed: await compile(tileSource(6), ['--enable', 'relaxed-simd']),
  };
  await mkdir(dirname(target), { recursive: true });
  const lines = [
    '/** Written by build.mjs: do not edit. */',
    `export const sourceHash = '${fingerprint}';`,
    `export const version = '${version}';`,
    '/** The functions of both modules: addresses, counts and numbers. */',
    ...exportedInterface(),
    ...Object.entries(modules).map(
      ([name, bytes]) => `export const ${name} =\n  '${Buffer.from(bytes).toString('base64')}';`,
    ),
  ];
  // Two builds at once must not leave half a file.
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, `${lines.join('\n')}\n`);
  await rename(temporary, target);
  console.log(`kernels: simd ${modules.simd.length} bytes, relaxed ${modules.relaxed.length} bytes`);
}

async function compile(tiles, options) {
  const files = { ...sources, 'tiles.ts': tiles };
  let binary;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      '--outFile',
      'kernels.wasm',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
      '-O3',
      '--noAssert',
      '--enable',
      'simd',
      ...options,
    ],
    {
      readFile: (name) => files[name] ?? null,
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stderr.toString()}`);
  if (sections(binary).includes(11))
    throw new Error('kernels.wasm has a data section: it would overwrite the memory it shares');
  return binary;
}

/** The exported functions as a TypeScript interface, from their AssemblyScript signatures: every type there is a number here. */
function exportedInterface() {
  const exported = [...sources['index.ts'].matchAll(/export \{([^}]*)\} from/g)]
    .flatMap(([, names]) => names.split(','))
    .map((name) => name.trim())
    .filter(Boolean);
  const signatures = exported.map((name) => {
    const pattern = new RegExp(`export function ${name}\\(([^)]*)\\): (\\w+)`);
    const match = Object.values(sources)
      .map((text) => pattern.exec(text))
      .find(Boolean);
    if (!match) throw new Error(`assembly/index.ts exports ${name}, which no file defines`);
    const parameters = match[1]
      .split(',')
      .map((part) => part.split(':')[0].trim())
      .filter(Boolean);
    return `  readonly ${name}: (${parameters.map((parameter) => `${parameter}: number`).join(', ')}) => ${match[2] === 'void' ? 'void' : 'number'};`;
  });
  return ['export interface KernelExports {', ...signatures, '}'];
}

/** The section numbers of a module; 11 is the data section. */
function sections(bytes) {
  const found = [];
  for (let at = 8; at < bytes.length;) {
    found.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return found;
}
