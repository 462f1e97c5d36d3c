/**
 * Bundles what runs in a browser, from the built packages:
 *
 *     node bundle.mjs             dist/site, the folder that the browser host serves
 *     node bundle.mjs ROOT OUT    the page of a gate, which measures the packages of ROOT by the harness beside this file
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const source = join(folder, 'src', 'hosts', 'browser', 'page');
const dist = join(folder, 'dist');

/** A page and its worker, with everything that they load; `root` is the clone whose engine runs there. */
async function bundled(compiled, site, root, plugins = []) {
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
    plugins,
  });
  const left = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  if (left.length > 0)
    throw new Error(`bundle: packages of Node, got ${left.map(({ path }) => path).join(', ')}, wanted none`);

  for (const file of ['index.html', 'style.css']) cpSync(join(source, file), join(site, file));
  // Our kernels need SIMD: the plain build would only be downloaded to be refused.
  const engine = 'tfjs-backend-wasm-simd.wasm';
  const core = createRequire(join(root, 'packages', 'core', 'package.json'));
  const wasm = core.resolve('@tensorflow/tfjs-backend-wasm/package.json');
  cpSync(join(dirname(wasm), 'dist', engine), join(site, engine));
  return metafile;
}

/** What is measured comes from another clone, wherever this one's command asks for it. */
const measuredFrom = (root) => ({
  name: 'measured',
  setup({ onResolve }) {
    const entries = { core: 'packages/core/dist/index.js', 'bench-kernels': 'benchmarks/kernels/dist/index.js' };
    onResolve({ filter: /^@jembench\/(core|bench-kernels)$/ }, ({ path, importer }) =>
      importer.startsWith(dist + sep) ? { path: join(root, entries[path.replace('@jembench/', '')]) } : undefined,
    );
  },
});

/** The site, what speaks for other libraries, and what is in which file of the site. */
async function packaged() {
  const site = join(dist, 'site');
  const metafile = await bundled(join(dist, 'hosts', 'browser', 'page'), site, join(folder, '..', '..'));
  // For who has the package and not the repository.
  const peers = join(folder, '..', '..', 'tools', 'peers');
  for (const file of readdirSync(peers).filter((name) => name.endsWith('.py')))
    cpSync(join(peers, file), join(dist, 'python', file));
  // Beside the site, not in it: for whoever looks after its size.
  writeFileSync(join(dist, 'site.json'), JSON.stringify(metafile));
}

const [root, out] = process.argv.slice(2);
await (root === undefined ? packaged() : bundled(join(dist, 'gate', 'page'), out, root, [measuredFrom(root)]));
