/**
 * What `npm run bench:gpu` runs: on a machine with a GPU everything that computes on it, on any other one line and exit code 2, before
 * anything is installed, built or downloaded.
 *
 *     node tools/bench-gpu.mjs [--profile NAME] [--out DIR]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const has = (folder, pattern) => {
  try {
    return readdirSync(folder).some((name) => pattern.test(name));
  } catch {
    return false;
  }
};

const nvidia = spawnSync('nvidia-smi', ['--list-gpus'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
/** Linux has a node for every GPU; elsewhere there is hardly a machine without one, and an adapter in software is found out later. */
const signs = process.platform === 'linux' ? nvidia || has('/dev/dri', /^renderD/) || has('/dev', /^nvidia\d/) : true;

if (!signs) {
  console.error(
    'bench:gpu: GPU, got none (nvidia-smi lists none, /dev/dri has no renderD), wanted one; "npx jembench bench" times the processor',
  );
  process.exit(2);
}
const bootstrap = join(dirname(fileURLToPath(import.meta.url)), 'bootstrap.mjs');
const args = [bootstrap, 'gpu', ...process.argv.slice(2), ...(nvidia ? ['--nvidia'] : [])];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exit(status ?? 130);
