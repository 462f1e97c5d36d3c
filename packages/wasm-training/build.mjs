/** Compiles `assembly/` twice (plain and relaxed SIMD) and embeds both modules in `src/generated/kernels.ts`; see tools/assembly.mjs. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled, generated, sourcesIn } from '../../tools/assembly.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const sources = await sourcesIn(join(here, 'assembly'));
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

await generated(import.meta.url, sources, version, async (fingerprint) => {
  const { tileSource } = await import('./assembly/tiles.mjs');
  const { transformSource } = await import('./assembly/transforms.mjs');
  sources['transforms.ts'] = transformSource();
  const modules = {
    simd: await compile(tileSource(5), []),
    relaxed: await compile(tileSource(6), ['--enable', 'relaxed-simd']),
  };
  console.log(`kernels: simd ${modules.simd.length} bytes, relaxed ${modules.relaxed.length} bytes`);
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
  return `${lines.join('\n')}\n`;
});

async function compile(tiles, options) {
  const binary = await compiled({ ...sources, 'tiles.ts': tiles }, ['--importMemory', '--noExportMemory', ...options]);
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
