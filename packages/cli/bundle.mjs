/** Bundles what runs in a browser, from the built packages: `dist/site`, the folder that the browser host serves. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const source = join(folder, 'src', 'hosts', 'browser', 'page');
const compiled = join(folder, 'dist', 'hosts', 'browser', 'page');
const site = join(folder, 'dist', 'site');

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
const { metafile } = await build({
  entryPoints: [join(compiled, 'page.js'), join(compiled, 'worker.js')],
  outdir: site,
  bundle: true,
  // Backends load on demand, each in a file of its own.
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  // The tables of a terminal; nothing of them is left when what the page does not use is gone.
  external: ['cli-table3'],
  metafile: true,
  logLevel: 'warning',
});
const left = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));

if (left.length > 0)
  throw new Error(`bundle: packages of Node, got ${left.map(({ path }) => path).join(', ')}, wanted none`);

for (const file of ['index.html', 'style.css']) cpSync(join(source, file), join(site, file));

const wasm = createRequire(createRequire(import.meta.url).resolve('@jembench/core/package.json')).resolve(
  '@tensorflow/tfjs-backend-wasm/package.json',
);
// Our kernels need SIMD: the plain build would only be downloaded to be refused.
const engine = 'tfjs-backend-wasm-simd.wasm';
cpSync(join(dirname(wasm), 'dist', engine), join(site, engine));
// What speaks for other libraries, for who has the package and not the repository.
const peers = join(folder, '..', '..', 'tools', 'peers');
for (const file of readdirSync(peers).filter((name) => name.endsWith('.py')))
  cpSync(join(peers, file), join(folder, 'dist', 'python', file));
// Beside the site, not in it: what is in which file, for whoever looks after its size.
writeFileSync(join(folder, 'dist', 'site.json'), JSON.stringify(metafile));
