import type { Command } from 'commander';
import { InputError } from '@jembench/core';
import { encoders } from '@jembench/trainers';
import { defaultJobs } from '../environment/jobs.js';
import { integerIn, numberIn } from '../parse/numbers.js';
import { checkDatasetName } from '../environment/dataset.js';
import { encoderName, settingOf, type Setting, type SuiteRequest } from '../suite/plan.js';
import { profileNamed, profiles, type Profile, type ProfileName } from '../suite/profiles.js';
import type { DatasetSpec } from '../jobs/job.js';
import { addBackendOption, backendWord, type BackendWord } from './backend-option.js';
import { collected } from './command.js';

/** The options that `suite` and `train` share, as typed. */
export interface RunOptions {
  readonly json: boolean;
  readonly profile: string;
  readonly dataset: string;
  readonly dataDir?: string;
  readonly train?: string;
  readonly test?: string;
  readonly epochs?: string;
  readonly batch?: string;
  readonly encoder?: string;
  readonly backend: string;
  readonly set: readonly string[];
  readonly checkpointSeconds: string;
}

const largest = Number.MAX_SAFE_INTEGER;

export function addRunOptions(command: Command, profile: ProfileName): Command {
  const about = Object.entries(profiles).map(([name, { about: text }]) => `${name}: ${text}`);
  return addBackendOption(command)
    .option('--profile <name>', `sizes; ${about.join('; ')}`, profile)
    .option('--dataset <name>', 'shapes, cifar10, cifar100, mnist, fashion-mnist or folder:DIR', 'shapes')
    .option('--data-dir <dir>', 'the folder with the original files of the data set, instead of a download')
    .option('--train <n>', 'training images; the profile decides for shapes, all there are elsewhere')
    .option('--test <n>', 'test images, likewise')
    .option('--epochs <n>', 'passes over the training images')
    .option('--batch <n>', 'images a step')
    .option(
      '--encoder <name>',
      `one of ${Object.keys(encoders).join(', ')}, or the model.json of a LayersModel; each method's own by default`,
    )
    .option('--set <key=value>', 'an option of the methods, or method.key=value of one; may be repeated', collected, [])
    .option('--checkpoint-seconds <n>', 'how often a run under way writes its state', '5');
}

/** The typed options with the profile's values where nothing was typed. */
export function runRequest(options: RunOptions): Omit<
  SuiteRequest,
  'hosts' | 'methods' | 'seeds' | 'controls' | 'backend'
> & {
  /** As typed: who plans runs asks for what it stands for. */
  readonly backend: BackendWord;
  readonly profile: Profile;
  readonly checkpointSeconds: number;
} {
  const profile: Profile = profiles[profileNamed(options.profile)];
  const whole = (flag: string, typed: string | undefined, min: number, fallback: number): number =>
    typed === undefined ? fallback : integerIn(flag, typed, { min, max: largest });
  return {
    profile,
    dataset: datasetSpec(options, profile),
    epochs: whole('--epochs', options.epochs, 1, profile.epochs),
    batch: whole('--batch', options.batch, 2, profile.batch),
    encoder: options.encoder === undefined ? null : encoderName(options.encoder),
    backend: backendWord(options.backend),
    settings: settings(options.set),
    checkpointSeconds: numberIn('--checkpoint-seconds', options.checkpointSeconds, { min: 0, max: 86_400 }),
  };
}

function datasetSpec({ dataset, dataDir, train, test }: RunOptions, profile: Profile): DatasetSpec {
  const name = checkDatasetName(dataset);
  if (name === 'shapes' && dataDir !== undefined) {
    throw new InputError('--data-dir: folder, got one for shapes, wanted none: shapes is drawn, not read');
  }
  const count = (flag: string, typed: string | undefined, fallback: number): number | null =>
    typed !== undefined ? integerIn(flag, typed, { min: 1, max: largest }) : name === 'shapes' ? fallback : null;
  return {
    name,
    dataDir: dataDir ?? null,
    train: count('--train', train, profile.train),
    test: count('--test', test, profile.test),
  };
}

function settings(typed: readonly string[]): Setting[] {
  const all = typed.map(settingOf);
  const repeated = all.find(
    ({ method, key }, i) => all.findIndex((other) => other.method === method && other.key === key) !== i,
  );
  if (repeated === undefined) return all;
  throw new InputError(`--set ${repeated.key}: setting, got it twice, wanted it once`);
}

/** `--jobs`, by default one a core. */
export const jobsOf = (typed: string | undefined): number =>
  typed === undefined ? defaultJobs() : integerIn('--jobs', typed, { min: 1, max: 1024 });
