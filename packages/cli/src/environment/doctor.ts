import { existsSync } from 'node:fs';
import { arch, availableParallelism, release, totalmem, type as osType } from 'node:os';
import { backendSupport, tf, useBackend, type BackendSupport } from '@jembench/core';
import { defaultCacheDir } from '@jembench/datasets/node';
import { rememberedChoice, type Remembered } from '../auto/memory.js';
import { errorLine } from '../error-line.js';
import { currentCommit } from './commit.js';
import { browserFinding } from '../hosts/browser/find.js';
import { cpuModel } from '../hosts/node/environment.js';
import { pythonVersions } from './programs.js';

/** Something that may be there or not, and what to do where it is not. */
export interface Finding {
  readonly found: string | null;
  readonly advice: string;
}

/** What runs on this machine, what does not and why, what to do. */
export interface Examination {
  readonly jembench: string;
  readonly commit: string;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly tfjs: string;
  readonly backends: readonly BackendSupport[];
  /** The build of the default backend, training kernels included; null where it does not load. */
  readonly build: string | null;
  /** What native TensorFlow really computes on, once loaded, or why it does not load; null where it is not set up. */
  readonly tensorflow: TensorflowExamination | null;
  /** What `--backend auto` takes here; null where it has not been measured. */
  readonly auto: Remembered | null;
  readonly cache: Finding;
  readonly browser: Finding;
  readonly peers: Readonly<Record<string, Finding>>;
}

/** @see BackendDescription */
interface TensorflowExamination {
  readonly text: string;
  /** False where it does not load, or was set up for a GPU and finds none. */
  readonly works: boolean;
}

export async function examine(version: string): Promise<Examination> {
  const backends = await backendSupport();
  const { python, packages } = pythonVersions(['torch', 'jax']);
  const cache = defaultCacheDir();
  const browser = browserFinding('chromium');
  return {
    jembench: version,
    commit: currentCommit(),
    node: process.versions.node,
    os: `${osType()} ${release()} ${arch()}`,
    cpu: cpuModel(),
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    tfjs: tf.version_core,
    backends,
    tensorflow: await tensorflowInUse(backends),
    auto: rememberedChoice(),
    build: await defaultBuild(),
    cache: {
      found: existsSync(cache) ? cache : null,
      advice: `${cache} is made by the first download; no data set needs it with --data-dir`,
    },
    browser: { found: browser.found, advice: browser.problem },
    peers: {
      python: {
        found: python,
        advice: 'install Python 3 to time PyTorch and JAX beside jembench; nothing needs it now',
      },
      torch: {
        found: packages.torch ?? null,
        advice: 'pip install torch, to time it beside jembench; nothing needs it now',
      },
      jax: { found: packages.jax ?? null, advice: 'pip install jax, to time it beside jembench; nothing needs it now' },
    },
  };
}

async function defaultBuild(): Promise<string | null> {
  try {
    return (await useBackend('auto')).description.build;
  } catch (error) {
    return `none: ${errorLine(error)}`;
  }
}

async function tensorflowInUse(backends: readonly BackendSupport[]): Promise<TensorflowExamination | null> {
  if (!backends.some(({ name, available }) => name === 'tensorflow' && available)) return null;
  try {
    const { build, threads, flags, adapter, driver } = (await useBackend('tensorflow')).description;
    const gpu = adapter === undefined ? 'no GPU in use' : `GPU ${adapter}, driver ${driver ?? 'unknown'}`;
    const text = `${build}, devices ${String(flags.TF_DEVICES)} (${gpu}), ${threads} threads, oneDNN ${String(flags.TF_ENABLE_ONEDNN_OPTS)}`;
    return { text, works: true };
  } catch (error) {
    return { text: errorLine(error), works: false };
  }
}
