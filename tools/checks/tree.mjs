/** Checks of the tracked files themselves: what a newcomer would trip over and no other tool looks for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const problems = [];

const maxBytes = 2 * 1024 * 1024;
for (const file of files) {
  const { size } = statSync(join(root, file));
  if (size > maxBytes) problems.push(`${file}: size, got ${size} bytes, wanted at most ${maxBytes}`);
}

// Home folders and scratch folders of whoever made the commit.
const machinePath = /(^|[\s"'`(=:])\/(?:(?:home|Users|root|work)\b|tmp\/[A-Za-z0-9])/;
const text = /\.(ts|mjs|js|json|jsonl|md|yml|yaml|csv|html|txt|py)$/;
for (const file of files.filter((name) => text.test(name) && name !== 'tools/checks/tree.mjs')) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  lines.forEach((line, i) => {
    if (machinePath.test(line)) problems.push(`${file}:${i + 1}: names a path of one machine`);
    if (/\b(it|test|describe)\.only\(/.test(line)) problems.push(`${file}:${i + 1}: only some tests would run`);
  });
}

const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
if (/"resolved": "https?:/.test(lock))
  problems.push('package-lock.json: names a registry host; install with the .npmrc of this repository');

for (const file of files.filter((name) => /^packages\/[^/]+\/package\.json$/.test(name))) {
  const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const at = (what, got, wanted) => problems.push(`${file}: ${what}, got ${got}, wanted ${wanted}`);
  if (manifest.type !== 'module') at('type', manifest.type, 'module');
  if (!manifest.exports?.['.']?.types) at('exports', 'no types for "."', 'types beside the code');
  if (!existsSync(join(root, dirname(file), 'README.md')))
    at('README.md', 'none', 'a screen that says what it is, with an example');
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) at(`version of ${name}`, version, 'an exact one');
  }
}

for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
