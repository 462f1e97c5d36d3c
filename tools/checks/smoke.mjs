/**
 * The main job at its smallest: the smoke suite end to end, in Node and, where there is one, in a browser; then the same command again,
 * which must find everything done.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const command = join(root, 'packages', 'cli', 'bin', 'jembench.js');
const out = mkdtempSync(join(tmpdir(), 'jembench-smoke-'));

function suite() {
  const started = performance.now();
  const { status, stdout } = spawnSync(
    process.execPath,
    [command, 'suite', '--profile', 'smoke', '--out', out, '--json'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  assert.equal(status, 0, `suite: exit code, got ${status}, wanted 0`);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { rows, seconds: (performance.now() - started) / 1000 };
}

const hashes = (rows) =>
  Object.fromEntries(rows.filter((r) => r.kind === 'training').map((r) => [`${r.method}/${r.seed}`, r.weightsHash]));

try {
  const first = suite();
  const again = suite();
  for (const row of first.rows) {
    // A fused kernel is of one backend; elsewhere its row says so.
    if (row.kind === 'kernel' && row.status === 'skipped' && row.backend !== 'wasm') continue;
    assert.equal(row.status, 'ok', `${row.kind} ${row.method ?? row.kernel}: ${row.reason}`);
  }
  const methods = new Set(first.rows.filter((r) => r.kind === 'training').map((r) => r.method));
  for (const method of [
    'vicreg',
    'barlow-twins',
    'swav',
    'byol',
    'simsiam',
    'dino',
    'data2vec',
    'simclr',
    'supervised',
    'random',
  ]) {
    assert.ok(methods.has(method), `rows: no training of ${method}`);
  }
  assert.ok(
    first.rows.some((r) => r.kind === 'kernel' && r.ms > 0),
    'rows: no kernel timing',
  );
  const inBrowser = first.rows.filter((r) => r.host === 'browser');
  if (inBrowser.length === 0) console.log('smoke suite: SKIPPED in a browser, the line above says why');
  else {
    const node = hashes(first.rows.filter((r) => r.host === 'node'));
    const browser = hashes(inBrowser);
    for (const method of ['vicreg/1', 'swav/1', 'simsiam/1'])
      assert.equal(browser[method], node[method], `${method}: weights in the browser`);
    assert.ok(inBrowser.some((r) => r.kind === 'kernel' && r.ms > 0 && r.fingerprint.isolated));
  }
  assert.deepEqual(hashes(again.rows), hashes(first.rows));
  assert.ok(
    again.seconds < first.seconds,
    `second run: ${again.seconds} s, wanted less than the ${first.seconds} s of the first`,
  );
  for (const file of ['rows.jsonl', 'summary.csv', 'summary.md'])
    assert.ok(existsSync(join(out, file)), `${file}: not written`);
  assert.ok(readFileSync(join(out, 'summary.md'), 'utf8').includes('vicreg'));
  console.log(
    `smoke suite: ${first.rows.length} rows in ${first.seconds.toFixed(0)} s, again in ${again.seconds.toFixed(0)} s`,
  );
} catch (error) {
  console.error(`smoke: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
