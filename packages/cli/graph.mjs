/**
 * Which files a benchmark is made of, from what the sources import: JSON on stdout, files by their paths in the clone.
 *
 *     node graph.mjs
 *
 *     everything    the gate's measuring, the backends: what every benchmark runs through
 *     training      the training that a gate runs
 *     declarations  each kernel benchmark, by its name, with all that it calls
 *     kernels       each kernel that wasm-training registers, by its name in TensorFlow.js; its AssemblyScript included
 *
 * esbuild leaves out what nothing calls, function by function, so that a package's index drags nothing along. A kernel is called by its name
 * at run time: which of them a benchmark runs is not to be seen here.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const inRoot = (...path) => join(root, ...path);
const wasm = inRoot('packages', 'wasm-training');
const assembly = join(wasm, 'assembly');
const table = join(wasm, 'src', 'kernels', 'table.ts');

/** Tables that a name is looked up in, and the name that a gate looks up. */
const methods = { table: inRoot('packages', 'trainers', 'src', 'methods', 'index.ts'), taken: './vicreg.js' };

const inClone = (path) => relative(root, path).split('\\').join('/');

/** The packages of others are no part of the graph; kernels are looked at one by one. */
const edges = {
  name: 'edges',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind !== 'entry-point' && !path.startsWith('@jembench/') ? { path, external: true } : undefined,
    );
    onResolve({ filter: /\/table\.js$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === table.replace(/ts$/, 'js') ? { path, external: true } : undefined,
    );
    onResolve({ filter: /^\.\// }, ({ path, importer }) =>
      importer === methods.table && path !== methods.taken ? { path, external: true } : undefined,
    );
  },
};

/** AssemblyScript that a module writes (`tiles.mjs`) is looked at as it is written. */
const written = {
  name: 'written',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\// }, ({ path, resolveDir }) => {
      const file = join(resolveDir, `${path}.mjs`);
      return existsSync(file)
        ? { path: file, namespace: 'written', sideEffects: false }
        : { path: join(resolveDir, `${path}.ts`), sideEffects: false };
    });
    onLoad({ filter: /./, namespace: 'written' }, async ({ path }) => {
      const write = Object.values(await import(pathToFileURL(path).href)).find((one) => typeof one === 'function');
      return { contents: write(5), loader: 'ts', resolveDir: dirname(path) };
    });
  },
};

/** What is left of the sources when everything but the exports of this text is gone: its files, and its code. */
async function bundle(contents, plugins, resolveDir = root) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir, sourcefile: 'entry.ts', loader: 'ts' },
    ...{ bundle: true, write: false, metafile: true, format: 'esm', platform: 'node', logLevel: 'silent' },
    ...{ conditions: ['@jembench/source'], absWorkingDir: root, outfile: 'graph.js', plugins },
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const files = Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && path !== 'entry.ts')
    .map(([path]) => inClone(resolve(root, path.replace(/^written:/, ''))));
  return { files, code: outputFiles[0].text, imports: metafile.inputs };
}

const filesOf = async (contents) => (await bundle(contents, [edges])).files;

/** The files that declare kernel benchmarks, which the index imports, by the names in them. */
async function declarations() {
  const folder = inRoot('benchmarks', 'kernels', 'src');
  const index = inClone(join(folder, 'index.ts'));
  const { imports } = await bundle(`export * from './${index}';`, [edges]);
  const found = {};
  for (const { path } of imports[index].imports) {
    const name = /\bkernel: '([^']+)'/.exec(await readFile(inRoot(path), 'utf8').catch(() => ''))?.[1];
    if (name !== undefined) found[name] = [index, ...(await filesOf(`export * from './${path}';`))];
  }
  return found;
}

/** Kernels and gradients by the name under which they are registered: the file and the export. */
async function registered() {
  const { imports } = await bundle(`export * from './${inClone(table)}';`, [edges]);
  const found = new Map();
  for (const { path } of imports[inClone(table)].imports.filter(({ external }) => !external)) {
    const built = inRoot(path.replace('/src/', '/dist/').replace(/ts$/, 'js'));
    for (const [name, value] of Object.entries(await import(pathToFileURL(built).href))) {
      for (const one of Array.isArray(value) ? value : [value]) {
        const registeredAs = one?.kernelName ?? (typeof one?.run === 'function' ? one.name : undefined);
        if (registeredAs !== undefined) found.set(registeredAs, [...(found.get(registeredAs) ?? []), { path, name }]);
      }
    }
  }
  return found;
}

async function kernels() {
  const index = await readFile(join(assembly, 'index.ts'), 'utf8');
  const exported = [...index.matchAll(/export \{([^}]*)\} from/g)].flatMap(([, names]) => names.match(/\w+/g));
  const sources = new Map();
  const found = {};
  for (const [name, exports] of await registered()) {
    const { files, code } = await bundle(
      exports.map((one) => `export { ${one.name} } from './${one.path}';`).join('\n'),
      [edges],
    );
    // Functions of the module are called as methods of what it exports.
    const called = exported.filter((one) => new RegExp(`\\.${one}\\b`).test(code));
    for (const one of called) {
      if (!sources.has(one))
        sources.set(one, (await bundle(`export { ${one} } from './index';`, [written], assembly)).files);
    }
    found[name] = [...new Set([...files, ...called.flatMap((one) => sources.get(one))])];
  }
  return found;
}

const everything = await filesOf(`
  export * from './packages/cli/src/gate/loaded-side.ts';
  export * from './packages/cli/src/gate/speeds.ts';
  export { useBackend } from './packages/core/src/index.ts';
`);
const training = await filesOf(`
  export { evaluate, train } from './packages/trainers/src/index.ts';
  export { loadDataset } from './packages/datasets/src/node/index.ts';
`);
console.log(
  JSON.stringify({
    everything: [inClone(table), ...everything],
    training,
    declarations: await declarations(),
    kernels: await kernels(),
  }),
);
