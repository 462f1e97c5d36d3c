/**
 * What `npm test` runs: every check of the repository, one after the other, and one line of all tests together at the end.
 *
 *     node tools/test.mjs [CHECK...]     all checks, or those named
 *
 * A check of many tests (vitest) counts each; any other check counts as one test, skipped when it ends with 77. Exit code 1 when one failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name, file) => join(root, 'node_modules', name, file);
const nx = (...targets) => [
  bin('nx', 'dist/bin/nx.js'),
  'run-many',
  '-t',
  ...targets,
  '--output-style=static',
  '--nxBail=false',
];

/** Name → arguments of Node. `unit` is counted test by test from vitest's reports. */
const checks = {
  format: [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  lint: nx('lint'),
  types: nx('typecheck'),
  unused: [bin('knip', 'bin/knip.js')],
  unit: nx('test'),
  // After the tests: they build the site that it measures.
  bundles: [join(root, 'tools', 'checks', 'bundles.mjs')],
  pack: [join(root, 'tools', 'checks', 'pack.mjs')],
  tree: [join(root, 'tools', 'checks', 'tree.mjs')],
  workflows: [join(root, 'tools', 'checks', 'workflows.mjs')],
  smoke: [join(root, 'tools', 'checks', 'smoke.mjs')],
  engines: [join(root, 'tools', 'checks', 'engines.mjs')],
};

/** What a check ends with that cannot run here and has said so. */
const skippedCode = 77;

/** Sums vitest's reports of every project; a project with tests but no report counts as one failure, so that a crash is never silent. */
function unitCounts() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const group of ['packages', 'benchmarks']) {
    for (const project of readdirSync(join(root, group))) {
      const report = join(root, group, project, '.reports', 'vitest.json');
      if (!existsSync(join(root, group, project, 'tsconfig.json'))) continue;
      if (!existsSync(report)) {
        console.log(`unit: ${group}/${project} left no report, counted as failed`);
        counts.failed += 1;
        continue;
      }
      const { numPassedTests, numFailedTests, numPendingTests, numTotalTestSuites, numFailedTestSuites, success } =
        JSON.parse(readFileSync(report, 'utf8'));
      counts.passed += numPassedTests;
      counts.skipped += numPendingTests;
      // A file that does not load fails as a suite without a failed test.
      counts.failed += numFailedTests > 0 || success || numTotalTestSuites === 0 ? numFailedTests : numFailedTestSuites;
    }
  }
  return counts;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`tests: check, got "${unknown[0]}", wanted one of ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, args] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const outcome = status === 0 ? 'passed' : status === skippedCode ? 'skipped' : 'failed';
  let counts = { passed: 0, failed: 0, skipped: 0, [outcome]: 1 };
  if (name === 'unit') {
    counts = unitCounts();
    if (status !== 0 && counts.failed === 0) counts.failed = 1;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed (${((performance.now() - started) / 1000).toFixed(0)} s)`,
  );
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
