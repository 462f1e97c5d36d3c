import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BackendError } from '@jembench/core';
import { defaultCacheDir } from '@jembench/datasets/node';
import { canonicalHash, type Json } from '@jembench/harness';
import { errorLine, isSystemError } from '../error-line.js';
import { machine } from '../hosts/node/environment.js';
import { alone } from '../setup/alone.js';
import { currentInstallation } from '../setup/installation.js';
import { webgpuLibrary } from '../setup/webgpu.js';
import { makeFolder } from '../suite/make-folder.js';
import { readSealed, writeSealed } from '../suite/sealed-json.js';
import { version } from '../version.js';
import { autoCandidates, chosenOf, type Choice, type Probed } from './choice.js';
import { candidates, probed } from './probe.js';

/** A choice, and when it was made. */
export interface Remembered extends Choice {
  /** ISO 8601. */
  readonly measuredAt: string;
}

/** What a choice depends on and where it is kept; tests bring their own. */
export interface AutoSurroundings {
  readonly home: string;
  /** The machine and the versions: where one of them is another, it is measured anew. */
  readonly key: Json;
  readonly measure: () => Promise<readonly Probed[]>;
  readonly now: () => Date;
}

const here = (): AutoSurroundings => ({
  home: join(dirname(defaultCacheDir()), 'auto'),
  key: key(),
  measure: () => probed(candidates()),
  now: () => new Date(),
});

/** Environment variables that decide what a native backend computes on. */
const variables = [
  ...['CUDA_VISIBLE_DEVICES', 'TF_NUM_INTRAOP_THREADS', 'TF_ENABLE_ONEDNN_OPTS'],
  ...['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'],
];

function key(): Json {
  const tensorflow = currentInstallation();
  return {
    machine: { ...machine(), graphics: graphics() },
    node: process.versions.node,
    jembench: version,
    tensorflow: tensorflow === null ? null : { version: tensorflow.version, variant: tensorflow.variant },
    webgpu: webgpuLibrary(),
    environment: Object.fromEntries(variables.map((name) => [name, process.env[name] ?? null])),
  };
}

/** The graphics devices that Linux has nodes for: another card is another machine. */
function graphics(): string[] {
  return ['/dev/dri', '/proc/driver/nvidia/gpus'].flatMap((folder) => {
    try {
      return readdirSync(folder).sort();
    } catch {
      return [];
    }
  });
}

const fileOf = ({ home, key }: AutoSurroundings): string => join(home, `${canonicalHash(key).slice(0, 16)}.json`);

/** What was chosen on this machine with these versions; null where nothing was, or the note of it is damaged. */
export function rememberedChoice(around: AutoSurroundings = here()): Remembered | null {
  try {
    return checked(readSealed(fileOf(around)));
  } catch {
    return null;
  }
}

/** Its seal fits; an older or a newer jembench may have written something else all the same. */
function checked(content: Json): Remembered | null {
  const found = content as unknown as Partial<Remembered> | null;
  const known = autoCandidates.some((name) => name === found?.backend);
  const whole = Array.isArray(found?.measured) && Array.isArray(found.leftOut) && typeof found.measuredAt === 'string';
  return known && whole ? (found as Remembered) : null;
}

/**
 * The backend of Node that is the fastest on this machine: remembered, or measured now and remembered for this user.
 *
 * A second process that wants to know waits for the first: side by side both would measure the other.
 *
 * @param again measures although it is remembered.
 * @throws BackendError where no candidate runs.
 */
export async function fastestBackend(
  say: (line: string) => void,
  again = false,
  around: AutoSurroundings = here(),
): Promise<Remembered> {
  const known = (): Remembered | null => (again ? null : rememberedChoice(around));
  const found = known();
  if (found !== null) return found;
  const measured = async (): Promise<Remembered> => {
    say('measuring the backends of this machine (a few seconds, once)');
    const results = await around.measure();
    const choice = chosenOf(results);
    if (choice !== null) return { ...choice, measuredAt: around.now().toISOString() };
    const reasons = results.map((each) => `${each.backend}: ${'reason' in each ? each.reason : ''}`);
    throw new BackendError(`auto: backends, got none that runs, wanted one; ${reasons.join('; ')}`);
  };
  const waits = (): void => {
    say('waiting for another process that measures the backends');
  };
  let choice: Remembered | undefined;
  try {
    makeFolder(around.home);
    return await alone(around.home, new AbortController().signal, waits, async () => {
      const meanwhile = known();
      if (meanwhile !== null) return meanwhile;
      choice = await measured();
      await writeSealed(fileOf(around), choice as unknown as Json);
      return choice;
    });
  } catch (error) {
    // A cache that cannot be written costs a probe each time, and nothing else.
    if (!isSystemError(error)) throw error;
    say(`what is measured cannot be remembered: ${errorLine(error)}`);
    return choice ?? measured();
  }
}
