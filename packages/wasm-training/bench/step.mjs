/**
 * Times one training step of the two reference networks and says where the time goes.
 *
 *     node bench/step.mjs [cnn|vit] [--build simd|relaxed] [--seconds 5] [--kernels]
 *
 * The same work as `CNN step` and `ViT step` of PyTorch: batch 64, 32 x 32 x 3; 3 x 3 convolutions 32-64-128 with strides 1-2-2, batch norm, relu,
 * global average pool, dense 128, mean squared error, SGD; and a transformer of width 128, 4 heads, 64 tokens of 4 x 4 pixels, 4 blocks.
 * The share of peak is against the GEMM kernel on 512 x 512 x 512 in the same process.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    build: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    kernels: { type: 'boolean', default: false },
  },
});

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, '..', '.reports', `step-${process.pid}.mjs`);
await mkdir(dirname(bundle), { recursive: true });
await build({
  entryPoints: [join(here, 'step.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'error',
});
const { run } = await import(pathToFileURL(bundle)).finally(() => rm(bundle, { force: true }));
await run({ networks: positionals, build: options.build, seconds: Number(options.seconds), kernels: options.kernels });
