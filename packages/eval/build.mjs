/** Compiles `assembly/` and embeds the module in `src/generated/kernels.ts`; see tools/assembly.mjs. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled, embedded, generated, sourcesIn } from '../../tools/assembly.mjs';

const sources = await sourcesIn(join(dirname(fileURLToPath(import.meta.url)), 'assembly'));

await generated(import.meta.url, sources, '', async (fingerprint) => {
  // The module keeps nothing in its memory: all of it is scratch for src/matrix, from address 0.
  const bytes = await compiled(sources, []);
  console.log(`matrix kernels: ${bytes.length} bytes`);
  return embedded(bytes, fingerprint);
});
