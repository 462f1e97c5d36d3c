import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exactJudged } from '@jembench/harness';
import type { Line } from './line.js';
import { isWanted, type Request } from './request.js';

/** What a user loads: the WebAssembly of the training kernels, the built code of the losses. */
const folders = {
  'wasm bytes': 'packages/wasm-training/dist/generated',
  'bundle bytes': 'packages/losses/dist',
} as const;

/** Names of the lines of sizes. */
export const sizeNames = Object.keys(folders) as (keyof typeof folders)[];

/** Bytes that a user loads, on both sides. */
export const sizes = (request: Request): Line[] =>
  sizeNames
    .filter((name) => isWanted(request, name))
    .map((benchmark) => {
      const { roots, allowed } = request;
      const of = (root: string): number | null => bytes(join(root, folders[benchmark]));
      return {
        host: 'node',
        benchmark,
        kind: 'exact',
        ...exactJudged(of(roots.head), of(roots.base), allowed.get(benchmark)),
      };
    });

function bytes(folder: string): number | null {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return null;
  }
}
