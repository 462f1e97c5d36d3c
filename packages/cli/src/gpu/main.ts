/** The entry of `npm run bench:gpu`, on a machine that shows signs of a GPU: `tools/bench-gpu.mjs` has looked for them. */
import { parseArgs } from 'node:util';
import { benchmarkProfiles } from '@jembench/harness';
import { reportError } from '../errors.js';
import { flushed, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { benchGpu } from './run.js';

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        profile: { type: 'string', default: 'full' },
        out: { type: 'string' },
        nvidia: { type: 'boolean', default: false },
      },
    });
    const profile = knownName('--profile', 'profile', values.profile, benchmarkProfiles);
    return await benchGpu({ profile, out: values.out ?? null, nvidia: values.nvidia }, (line) => {
      say(`bench:gpu: ${line}`);
    });
  } catch (error) {
    return reportError(error);
  }
}

const code = await main();
await flushed();
process.exit(code);
