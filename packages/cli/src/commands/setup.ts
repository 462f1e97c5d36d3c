import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { Interrupted } from '../errors.js';
import { ExitCode } from '../exit.js';
import { print, say } from '../output/stdout.js';
import { knownName } from '../parse/nearest.js';
import { removeTensorflow, setUpTensorflow } from '../setup/install.js';
import { recipe } from '../setup/recipe.js';
import { removeWebgpu, setUpWebgpu } from '../setup/webgpu.js';
import { subcommand, type Finish } from './command.js';

interface Options {
  readonly json: boolean;
  readonly gpu: boolean;
  readonly cpu: boolean;
  readonly version?: string;
  readonly from?: string;
  readonly remove: boolean;
}

export function setupCommand(finish: Finish): Command {
  return subcommand('setup', 'set a native backend up in the cache folder of this user', [
    { line: 'setup tensorflow', about: 'native TensorFlow for --backend tensorflow: 275 MB from PyPI, and a compiler' },
    { line: 'setup tensorflow --gpu', about: 'the same for an NVIDIA GPU, CUDA and cuDNN included' },
    { line: 'setup tensorflow --from wheels', about: 'with the wheel in that folder, without PyPI' },
    { line: 'setup webgpu', about: "Chromium's WebGPU for --backend webgpu in Node: 51 MB from npm, no compiler" },
    { line: 'setup tensorflow --remove', about: 'delete all of it' },
  ])
    .argument('<what>', 'tensorflow or webgpu')
    .option('--gpu', 'TensorFlow for an NVIDIA GPU (Linux)', false)
    .option('--cpu', 'TensorFlow for the processor, the default', false)
    .option('--version <v>', `of TensorFlow; ${recipe.version} by default`)
    .option(
      '--from <source>',
      'TensorFlow from pypi (the default), upstream (its C library) or a folder with the archive',
    )
    .option('--remove', 'delete what was set up', false)
    .action(async (what: string, options: Options) => {
      const backend = knownName('setup', 'backend', what, ['tensorflow', 'webgpu']);
      finish(await setup(backend === 'webgpu' ? webgpu(options) : tensorflow(options), options));
    });
}

/** How a backend is set up and removed, and what is told of it. */
interface SetUp {
  make(say: (line: string) => void, stop: AbortSignal): Promise<{ readonly json: object; readonly text: string }>;
  remove(stop: AbortSignal): Promise<boolean>;
  readonly name: string;
}

function tensorflow({ gpu, cpu, version = recipe.version, from = 'pypi' }: Options): SetUp {
  if (gpu && cpu) throw new InputError('setup: --gpu and --cpu, got both, wanted one');
  if (!/^\d+\.\d+\.\d+[\w.]*$/.test(version)) {
    throw new InputError(`--version: got "${version}", wanted one like ${recipe.version}`);
  }
  return {
    name: 'tensorflow',
    async make(say, stop) {
      const done = await setUpTensorflow({ variant: gpu ? 'gpu' : 'cpu', version, from }, say, stop);
      return { json: done, text: `${done.version} (${done.variant}) in ${done.folder}` };
    },
    remove: (stop) => removeTensorflow(stop),
  };
}

function webgpu({ gpu, cpu, version, from }: Options): SetUp {
  if (gpu || cpu || version !== undefined || from !== undefined) {
    throw new InputError('setup webgpu: --gpu, --cpu, --version or --from, got one, wanted none: it has one version');
  }
  return {
    name: 'webgpu',
    async make(say, stop) {
      const library = await setUpWebgpu(say, stop);
      return { json: { library }, text: library };
    },
    remove: (stop) => removeWebgpu(stop),
  };
}

async function setup(backend: SetUp, options: Options): Promise<ExitCode> {
  const { json } = options;
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort(new Interrupted('stopped; nothing was set up'));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const tell = (line: string): void => {
    say(`setup: ${line}`);
  };
  try {
    if (options.remove) {
      const removed = await backend.remove(stop.signal);
      print(json ? JSON.stringify({ removed }) : `${backend.name}: ${removed ? 'removed' : 'was not set up'}`);
    } else {
      const done = await backend.make(tell, stop.signal);
      const use = `use it with --backend ${backend.name}, "jembench doctor" examines it`;
      print(json ? JSON.stringify(done.json) : `${backend.name}: ${done.text}; ${use}`);
    }
    return ExitCode.done;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
