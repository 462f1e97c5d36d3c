#!/usr/bin/env node
/**
 * A shard of a suite as a task of a Slurm array, and the merge behind it.
 *
 *     node tools/schedulers/slurm.mjs 8 OUT --profile full      prints the two sbatch commands
 *     sbatch --array=1-8 --requeue ... slurm.mjs OUT --profile full   a task: the shard of its SLURM_ARRAY_TASK_ID
 *
 * A task that is killed and requeued goes on from its checkpoints, because its folder is the same.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const command = join(dirname(here), '..', '..', 'packages', 'cli', 'bin', 'jembench.js');
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function fail(line) {
  console.error(`slurm: ${line}`);
  process.exit(2);
}

const args = process.argv.slice(2);
const { SLURM_ARRAY_TASK_ID: task, SLURM_ARRAY_TASK_COUNT: count, SLURM_CPUS_PER_TASK: cores = '1' } = process.env;
if (task === undefined) {
  const [shards, out, ...suite] = args;
  if (!/^[1-9]\d{0,3}$/.test(shards ?? '') || out === undefined)
    fail('arguments, wanted the number of shards, a folder and options of jembench suite');
  const script = [here, resolve(out), ...suite].map(quoted).join(' ');
  const folders = Array.from({ length: Number(shards) }, (_, i) => quoted(join(resolve(out), String(i + 1)))).join(' ');
  console.log(
    `id=$(sbatch --parsable --array=1-${shards} --cpus-per-task=2 --requeue --wrap=${quoted(`node ${script}`)})`,
  );
  const merge = `node ${quoted(command)} merge ${folders} --out ${quoted(join(resolve(out), 'merged'))}`;
  console.log(`sbatch --dependency=afterany:$id --wrap=${quoted(merge)}`);
} else {
  const [out, ...suite] = args;
  if (out === undefined || count === undefined) fail('task, wanted SLURM_ARRAY_TASK_COUNT and the folder of the suite');
  const shard = ['suite', ...suite, '--shard', `${task}/${count}`, '--jobs', cores, '--out', join(out, task)];
  const { status, signal } = spawnSync(process.execPath, [command, ...shard], { stdio: 'inherit' });
  process.exit(signal ? 130 : (status ?? 1));
}
