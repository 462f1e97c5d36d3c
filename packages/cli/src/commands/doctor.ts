import type { Command } from 'commander';
import { choiceText } from '../auto/choice.js';
import { fastestBackend } from '../auto/memory.js';
import { examine, type Examination, type Finding } from '../environment/doctor.js';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { subcommand, type Finish } from './command.js';

export function doctorCommand(finish: Finish, version: string): Command {
  return subcommand('doctor', 'what runs here, what does not and why, what to do', [
    { line: 'doctor', about: 'for people' },
    { line: 'doctor --json', about: 'for a bug report or a program' },
    { line: 'doctor --again', about: 'measures again which backend is the fastest, for --backend auto' },
  ])
    .option('--again', 'measure the backends again: what --backend auto takes from now on', false)
    .action(async ({ json, again }: { json: boolean; again: boolean }) => {
      if (again) await fastestBackend(say, again);
      const examination = await examine(version);
      print(json ? JSON.stringify(examination) : doctorText(examination));
      const works = examination.tensorflow?.works !== false && examination.backends.some(({ available }) => available);
      finish(works ? ExitCode.done : ExitCode.failed);
    });
}

const notMeasured =
  'not measured yet: the first --backend auto does, or "jembench doctor --again" now; without it wasm is taken';

function doctorText(found: Examination): string {
  const line = (name: string, text: string): string => `${name.padEnd(12)} ${text}`;
  const finding = (name: string, { found: there, advice }: Finding): string =>
    line(name, there ?? `not found: ${advice}`);
  return [
    line('jembench', `${found.jembench}, commit ${found.commit}`),
    line('node', found.node),
    line('system', found.os),
    line('cpu', `${found.cpu}, ${found.cores} cores`),
    line('memory', `${found.memoryGiB} GiB`),
    line('tfjs', found.tfjs),
    line('kernels', found.build ?? 'none'),
    ...found.backends.map(({ name, available, reason, advice }) =>
      line(name, available ? `runs: ${reason}` : `does not run: ${reason}; ${advice}`),
    ),
    line('auto', found.auto === null ? notMeasured : `${choiceText(found.auto)}; measured ${found.auto.measuredAt}`),
    ...(found.tensorflow === null ? [] : [line('in use', found.tensorflow.text)]),
    finding('cache', found.cache),
    finding('browser', found.browser),
    ...Object.entries(found.peers).map(([name, peer]) => finding(name, peer)),
  ].join('\n');
}
