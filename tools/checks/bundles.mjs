/**
 * What a browser downloads: the gzip size of each entry against its committed budget, and what tree shaking leaves of one loss.
 *
 *     node tools/checks/bundles.mjs             a line an entry; exit code 1 for one that is over its budget
 *     node tools/checks/bundles.mjs --update    the budgets again, from what is there now
 *
 * The site has to be built (`npx nx run @jembench/cli:build`); the loss is bundled here, from the sources.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cli = join(root, 'packages', 'cli');
const budgetFile = join(dirname(fileURLToPath(import.meta.url)), 'bundle-budgets.json');
const budgets = JSON.parse(readFileSync(budgetFile, 'utf8'));
/** Room for what every change adds: a budget is this many times what was there. */
const headroom = 1.05;

const gzip = (content) => gzipSync(content, { level: 9 }).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

/** One entry's own file and all that it loads at once; what it loads on demand are entries of their own. */
function filesOf(outputs, entry) {
  const files = new Set([entry]);
  for (const file of files)
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') files.add(path);
  return [...files];
}

/** `worker.js`, `tfjs-backend-webgpu`: names that stay when a chunk's hash changes. */
function entryName({ entryPoint }) {
  const [, name] = /@tensorflow\/([^/]+)\//.exec(entryPoint) ?? [];
  return name ?? basename(entryPoint);
}

function siteSizes() {
  const metafile = join(cli, 'dist', 'site.json');
  if (!existsSync(metafile))
    throw new Error('site: got none, wanted the built one; run "npx nx run @jembench/cli:build"');
  const { outputs } = JSON.parse(readFileSync(metafile, 'utf8'));
  const size = (file) => gzip(readFileSync(join(cli, 'dist', 'site', basename(file))));
  const entries = Object.keys(outputs).filter((file) => outputs[file].entryPoint !== undefined);
  const atOnce = new Set(
    entries.filter((file) => /\/(page|worker)\.js$/.test(file)).flatMap((file) => filesOf(outputs, file)),
  );
  const sizes = {};
  for (const entry of entries) {
    const isFirst = atOnce.has(entry);
    const files = filesOf(outputs, entry).filter((file) => isFirst || !atOnce.has(file));
    sizes[entryName(outputs[entry])] = files.reduce((sum, file) => sum + size(file), 0);
  }
  return { ...sizes, 'tfjs-backend-wasm-simd.wasm': size('tfjs-backend-wasm-simd.wasm') };
}

/** Parts of the house, or of the world, that no loss may bring along. */
const foreign = [
  ['the trainers', /^packages\/trainers\//],
  ['the evaluation', /^packages\/eval\//],
  ['the backends', /^packages\/core\/src\/backends\/(table|use-backend|wasm|webgl|webgpu|cpu)\.ts$/],
  ['the layers of tfjs', /@tensorflow\/tfjs-layers\//],
  ["tfjs's backends", /@tensorflow\/tfjs-backend-/],
  ['a data set', /^packages\/datasets\//],
  ['Node', /^node:/],
];

/** What esbuild leaves of one import: its size, and what foreign parts it brings along. */
async function bundled(name, from) {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: `import { ${name} } from '${from}'; globalThis.kept = ${name};`,
      resolveDir: cli,
      sourcefile: 'entry.js',
    },
    conditions: ['@jembench/source'],
    ...{ bundle: true, write: false, metafile: true, minify: true, absWorkingDir: root },
    ...{ format: 'esm', platform: 'browser', target: 'es2022', legalComments: 'none', logLevel: 'error' },
  });
  const [output] = Object.values(metafile.outputs);
  const kept = Object.keys(output.inputs).filter((input) => output.inputs[input].bytesInOutput > 0);
  const all = [...kept, ...output.imports.map(({ path }) => path)].map((path) => path.replaceAll('\\', '/'));
  const brought = foreign.flatMap(([what, pattern]) => {
    const found = all.find((path) => pattern.test(path));
    return found === undefined ? [] : [{ what, found }];
  });
  return { size: gzip(outputFiles[0].contents), brought };
}

try {
  const { size, brought } = await bundled('vicreg', '@jembench/losses');
  // What must not be found is found where it is.
  const trainers = await bundled('methods', '@jembench/trainers');
  const sizes = { ...siteSizes(), 'one loss (vicreg)': size };
  if (process.argv.includes('--update')) {
    const updated = Object.entries(sizes).map(([name, bytes]) => [name, Math.ceil(bytes * headroom)]);
    writeFileSync(budgetFile, `${JSON.stringify(Object.fromEntries(updated), null, 2)}\n`);
  } else {
    const problems = brought.map(
      ({ what, found }) => `one loss: brings ${what} along (${found}), wanted it left out of @jembench/losses`,
    );
    if (!trainers.brought.some(({ what }) => what === 'the trainers'))
      problems.push('tree shaking: the check does not see the trainers where they are imported');
    for (const [name, bytes] of Object.entries(sizes)) {
      const budget = budgets[name];
      console.log(`${name.padEnd(30)} ${kib(bytes).padStart(10)} gzip, budget ${budget ? kib(budget) : 'none'}`);
      if (budget === undefined) problems.push(`${name}: has no budget; look at its size, then run this with --update`);
      else if (bytes > budget)
        problems.push(
          `${name}: size, got ${bytes} bytes gzip, wanted at most ${budget}; dist/site.json of the cli says what is in it, ` +
            'and --update moves the budget where it is worth that',
        );
    }
    for (const name of Object.keys(budgets))
      if (!(name in sizes)) problems.push(`${name}: has a budget but is not there; run this with --update`);
    for (const problem of problems) console.error(`bundles: ${problem}`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  }
} catch (error) {
  console.error(`bundles: ${error.message}`);
  process.exitCode = 1;
}
