import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { removeTensorflow, setUpTensorflow } from '../setup/install.js';
import { recipe } from '../setup/recipe.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly gpu: boolean;
  readonly cpu: boolean;
  readonly version?: string;
  readonly from: string;
  readonly remove: boolean;
}

export function setupCommand(finish: Finish): Command {
  return subcommand('setup', 'set a native backend up in the cache folder of this user', [
    { line: 'setup tensorflow', about: 'native TensorFlow for --backend tensorflow: 275 MB from PyPI, and a compiler' },
    { line: 'setup tensorflow --gpu', about: 'the same for an NVIDIA GPU, CUDA and cuDNN included' },
    { line: 'setup tensorflow --from wheels', about: 'with the wheel in that folder, without PyPI' },
    { line: 'setup tensorflow --remove', about: 'delete all of it' },
  ])
    .argument('<what>', 'tensorflow')
    .option('--gpu', 'for an NVIDIA GPU (Linux)', false)
    .option('--cpu', 'for the processor, the default', false)
    .option('--version <v>', 'of TensorFlow', recipe.version)
    .option('--from <source>', 'pypi, upstream (TensorFlow itself: its C library) or a folder with the archive', 'pypi')
    .option('--remove', 'delete what was set up', false)
    .action(async (what: string, options: Options) => {
      knownName('setup', 'backend', what, ['tensorflow']);
      finish(await setup(options));
    });
}

async function setup({ json, gpu, cpu, version = recipe.version, from, remove }: Options): Promise<ExitCode> {
  if (gpu && cpu) throw new InputError('setup: --gpu and --cpu, got both, wanted one');
  if (!/^\d+\.\d+\.\d+[\w.]*$/.test(version)) {
    throw new InputError(`--version: got "${version}", wanted one like ${recipe.version}`);
  }
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort(new Interrupted('stopped; nothing was set up'));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const tell = (line: string): void => {
    say(`setup: ${line}`);
  };
  try {
    if (remove) {
      const removed = await removeTensorflow(stop.signal);
      print(json ? JSON.stringify({ removed }) : removed ? 'tensorflow: removed' : 'tensorflow: was not set up');
      return ExitCode.done;
    }
    const done = await setUpTensorflow({ variant: gpu ? 'gpu' : 'cpu', version, from }, tell, stop.signal);
    print(
      json
        ? JSON.stringify(done)
        : `tensorflow: ${done.version} (${done.variant}) in ${done.folder}; use it with --backend tensorflow, "jembench doctor" examines it`,
    );
    return ExitCode.done;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
