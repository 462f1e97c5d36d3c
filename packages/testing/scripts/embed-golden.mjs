// Copies a folder of golden files into this package, compressed: node scripts/embed-golden.mjs FOLDER
// The bytes depend on the content alone (gzip without time, name or operating system), so a second run changes nothing.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('embed-golden: FOLDER, got nothing, wanted a folder of golden files, such as ../../../shared/golden');
  process.exit(2);
}
const target = new URL('../golden/', import.meta.url);
mkdirSync(target, { recursive: true });
for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
  const packed = gzipSync(readFileSync(join(folder, name)), { level: 9 });
  packed.fill(0, 4, 8); // modification time
  packed[9] = 255; // operating system: unknown
  writeFileSync(new URL(`${name}.gz`, target), packed);
  console.log(`${name}.gz ${packed.length} bytes`);
}
