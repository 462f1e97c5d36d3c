#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/index.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write(
    'jembench: program, got none at packages/cli/dist, wanted a build; run "npm start" (or "npx nx build @jembench/cli") in the checkout first\n',
  );
  process.exit(2);
}
// Node would end with 1, which a command may mean as a finding.
process.on('uncaughtException', (error) => {
  process.stderr.write(
    `jembench: internal error: ${error?.message ?? error}; this is a bug of jembench, JEMBENCH_DEBUG=1 shows where\n`,
  );
  if (process.env.JEMBENCH_DEBUG === '1') process.stderr.write(`${error?.stack ?? ''}\n`);
  process.exit(70);
});
const { main } = await import(entry);
process.exit(await main(process.argv.slice(2)));
