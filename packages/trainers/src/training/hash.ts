import { sha256Hex } from '@jembench/core';
import type { NamedWeight } from '../layers/weights.js';
import type { RunState } from './step.js';

/**
 * SHA-256 (hex) over all weights of a run, batch statistics included.
 *
 * Order: the online networks (encoder, then the heads as the method lists them), then the teacher's; in each network the layers in
 * order, in each layer its trainable weights and then its statistics. Of each weight: name, shape, and its float32 values in memory
 * order (little-endian on every machine that runs tfjs).
 */
export async function weightsHash(run: Pick<RunState, 'online' | 'teacher'>): Promise<string> {
  const parts: (string | ArrayBufferView)[] = [];
  for (const { name, variable } of [...run.online.weights, ...teacherWeights(run)]) {
    parts.push(`${name} ${JSON.stringify(variable.shape)}\n`, await variable.data());
  }
  return sha256Hex(...parts);
}

/** The teacher's weights under names of their own. */
export function teacherWeights({ teacher }: Pick<RunState, 'teacher'>): NamedWeight[] {
  return (teacher?.networks.weights ?? []).map((weight) => ({ ...weight, name: `teacher/${weight.name}` }));
}
