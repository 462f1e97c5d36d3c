import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bin, ensureBuilt, run } from './fixtures/cli.js';
import { scratch } from './fixtures/scratch.js';

const folder = scratch();
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const subfolder = (name: string, files: Readonly<Record<string, string>>): string => {
  mkdirSync(join(folder, name));
  for (const [inside, content] of Object.entries(files)) writeFileSync(join(folder, name, inside), content);
  return join(folder, name);
};

vi.setConfig({ testTimeout: 240_000 });
beforeAll(ensureBuilt, 180_000);

/** Words that name a mistake, and what the one line about it must say. */
const mistakes: readonly (readonly [args: readonly string[], says: string])[] = [
  [['suit'], "unknown command 'suit' (Did you mean suite?)"],
  [['suite', '--seed', '1'], "unknown option '--seed'"],
  [['suite', '--methods', 'vicreg,simclar'], 'got "simclar", wanted one of vicreg'],
  [['suite', '--methods', 'vicrg'], 'did you mean vicreg?'],
  [['suite', '--methods', ''], '--methods: list, got ""'],
  [['suite', '--methods', 'vicreg,vicreg'], 'got "vicreg" twice'],
  [['suite', '--profile', 'quik'], 'did you mean quick?'],
  [['suite', '--dataset', 'cifar'], 'did you mean cifar10'],
  // Mistakes that are found in the suite's folder have one each: it is locked, and all run at once.
  [['suite', '--dataset', 'cifar10', '--data-dir', join(folder, 'nowhere'), '--out', join(folder, 'out5')], 'nowhere'],
  [['suite', '--data-dir', folder], '--data-dir: folder, got one for shapes'],
  [['suite', '--encoder', 'resnet'], 'did you mean resnet18?'],
  [['suite', '--encoder', join(folder, 'nowhere.json'), '--out', join(folder, 'out6')], 'no such file'],
  [['suite', '--backend', 'wsm'], 'did you mean wasm?'],
  [['suite', '--backend', 'webgpu', '--out', join(folder, 'out2')], 'webgpu cannot run here'],
  [['suite', '--host', 'browsr'], 'did you mean browser?'],
  [['suite', '--browser', 'chromum'], 'did you mean chromium?'],
  [['bench', '--host', 'browser', '--browser', 'no/such/browser'], 'which is not there'],
  [['bench', '--browser-limit', '0'], '--browser-limit'],
  [['suite', '--seeds', '1,x'], '--seeds: whole number, got "x"'],
  [['suite', '--seeds', '-1'], '--seeds: whole number, got "-1"'],
  [['suite', '--epochs', '0'], '--epochs: whole number, got "0", wanted one from 1'],
  [['suite', '--batch', '1'], '--batch: whole number, got "1", wanted one from 2'],
  [['suite', '--train', 'many'], '--train: whole number, got "many"'],
  [['suite', '--jobs', '0'], '--jobs: whole number'],
  [['suite', '--shard', '3/2'], '--shard: shard, got "3/2"'],
  [['suite', '--checkpoint-seconds', 'NaN'], '--checkpoint-seconds: number, got "NaN"'],
  [['suite', '--set', 'variance'], '--set: setting, got "variance"'],
  [['suite', '--set', 'varience=1'], 'did you mean variance?'],
  [['suite', '--set', 'bjol.dim=4'], 'did you mean byol?'],
  [['suite', '--methods', 'vicreg', '--set', 'byol.dim=4'], 'got one that does not run here'],
  [['suite', '--methods', 'vicreg', '--set', 'variance=1', '--set', 'variance=2'], 'got it twice'],
  [
    [
      'suite',
      '--methods',
      'vicreg',
      '--set',
      'variance=-1',
      '--train',
      '8',
      '--test',
      '8',
      '--batch',
      '4',
      '--out',
      join(folder, 'out3'),
    ],
    'variance',
  ],
  [
    ['suite', '--methods', 'vicreg', '--train', '8', '--test', '8', '--batch', '16', '--out', join(folder, 'out4')],
    '--batch: images a step, got 16, wanted at most 8',
  ],
  [['suite', '--out', join(file('plain', ''), 'out')], 'wanted one that can be written'],
  [['suite', '--out', '/proc/jembench'], 'wanted one that can be written'],
  [['train'], "missing required argument 'method'"],
  [['train', 'vicregg'], 'did you mean vicreg?'],
  [['train', 'vicreg', 'byol'], 'too many arguments'],
  [['train', 'vicreg', '--seed', '1.5'], '--seed: whole number, got "1.5"'],
  [['train', 'vicreg', '--epochs'], 'argument missing'],
  [['bench', 'kernel'], 'did you mean kernels?'],
  [['golden'], "missing required argument 'dir'"],
  [['golden', join(folder, 'nowhere')], 'nowhere'],
  [['golden', subfolder('empty', {})], 'none that ends in .json'],
  [['golden', subfolder('broken', { 'vicreg.json': '{"topic": "vicreg"' })], 'wanted JSON'],
  [['golden', 'embedded', '--topics', 'vicrag'], 'did you mean vicreg?'],
  [['golden', 'embedded', '--backend', 'webgl'], 'webgl cannot run here'],
  [['diagnose', join(folder, 'nowhere.npy')], 'no such file'],
  [['diagnose', folder], 'a folder, wanted a file'],
  [['diagnose', file('ragged.csv', '1,2\n3\n')], 'ragged.csv'],
  [['diagnose', file('words.csv', '1,2\n3,four\n')], 'words.csv:2: column 2, got "four"'],
  [['diagnose', file('cut.npy', '\u0093NUMPY')], 'wanted'],
  [['report', join(folder, 'nowhere')], 'no such file'],
  [['report', folder], 'rows.jsonl, kernels.jsonl, training.jsonl, augmentations.jsonl, got none of them'],
  [['report', file('old.jsonl', '{"schema": 99}\n')], 'schema, got 99, wanted 1'],
  [['report', file('empty.jsonl', '')], 'rows, got none'],
  [['report', folder, '--format', 'html'], 'wanted one of terminal, markdown, csv'],
];

/** Without what this user has set up: native backends greet on stderr when they are loaded. */
const bare = { XDG_CACHE_HOME: join(folder, 'cache') };

describe('a mistake', () => {
  it.concurrent.each(mistakes)('in %j is told in one line, with exit code 2', async (args, says) => {
    const { code, stdout, stderr } = await run(args, bare);
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^jembench: /);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('shows its stack when asked to', async () => {
    const { code, stderr } = await run(['train', 'vicregg'], { JEMBENCH_DEBUG: '1' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\s+at /m);
  });
});

describe('a disk that is full behind stdout', () => {
  it.skipIf(process.platform !== 'linux')('is no success', async () => {
    const line = `"${process.execPath}" "${bin}" doctor --json > /dev/full`;
    await expect(promisify(execFile)('sh', ['-c', line], { env: { ...process.env, ...bare } })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^jembench: .*no space left on the device \(ENOSPC\)\n$/) as string,
    });
  });
});

describe('help', () => {
  it.concurrent.each(['suite', 'train', 'bench', 'golden', 'diagnose', 'report', 'doctor'])(
    'of %s has an example',
    async (name) => {
      const { code, stdout, stderr } = await run([name, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`$ jembench ${name}`);
      expect(stdout).toContain('--json');
    },
  );

  it('comes without a command too, and lists them', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('diagnose') as string });
    expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringContaining('jembench') as string });
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
