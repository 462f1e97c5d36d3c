#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/index.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write(
    'jembench: program, got none at packages/cli/dist, wanted a build; run "npm start" (or "npx nx build @jembench/cli") in the checkout first\n',
  );
  process.exit(2);
}
const { main } = await import(entry);
process.exit(await main(process.argv.slice(2)));
