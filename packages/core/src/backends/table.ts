import { cpu } from './cpu.js';
import { planned } from './planned.js';
import type { BackendDescriptor } from './types.js';
import { wasm } from './wasm.js';
import { webgl } from './webgl.js';
import { webgpu } from './webgpu.js';

/** Every backend the house knows, in the order in which `auto` takes the first that runs. */
export const backends = {
  wasm,
  tensorflow: planned(
    'native TensorFlow (tfjs-node) is not wired in yet: its published package installs libtensorflow 2.9 by a download script that jembench does not run',
    'use wasm, which needs no installation',
  ),
  webgpu,
  webgl,
  cpu,
} as const satisfies Record<string, BackendDescriptor>;

export type BackendName = keyof typeof backends;

export const backendNames = Object.keys(backends) as BackendName[];
