import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '@jembench/core';

/** The packages whose code decides a run's weights and scores. */
const ofTraining = ['wasm-training', 'core', 'losses', 'augmentations', 'datasets', 'eval', 'trainers'] as const;
/** Those whose code decides a kernel's timing. */
const ofKernels = ['wasm-training', 'core', 'harness', 'bench-kernels'] as const;

/**
 * SHA-256 of the built code that decides a result.
 *
 * A part of every identity: after a change of the code a suite does not take an old result for a new one.
 */
function codeHash(packages: readonly string[]): string {
  const parts: string[] = [];
  for (const name of packages) {
    const folder = fileURLToPath(new URL('.', import.meta.resolve(`@jembench/${name}`)));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js') && !file.endsWith('.test.js'))
      .sort();
    for (const file of files) parts.push(name, file, readFileSync(join(folder, file), 'utf8'));
  }
  return sha256Hex(...parts);
}

export const trainingCode = (): string => codeHash(ofTraining);
export const kernelCode = (): string => codeHash(ofKernels);
