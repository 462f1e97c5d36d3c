import { cpu } from './cpu.js';
import { tensorflow } from './tensorflow.js';
import type { BackendDescriptor } from './types.js';
import { wasm } from './wasm.js';
import { webgl } from './webgl.js';
import { webgpu } from './webgpu.js';

/** Every backend the house knows, in the order in which `auto` takes the first that runs. */
export const backends = {
  wasm,
  tensorflow,
  webgpu,
  webgl,
  cpu,
} as const satisfies Record<string, BackendDescriptor>;

export type BackendName = keyof typeof backends;

export const backendNames = Object.keys(backends) as BackendName[];
