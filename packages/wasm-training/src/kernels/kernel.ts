import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';

/** What a kernel gets: the shared memory, its inputs by name, and tfjs's own kernel of that name, if there is one. */
export interface KernelCall {
  readonly context: KernelContext;
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  readonly attrs: object;
  /** tfjs's own wasm kernel, for what ours does not cover. */
  stock(): TensorInfo | TensorInfo[];
}

/** A kernel that replaces tfjs's of the same name, or fills the gap. */
export interface TrainingKernel {
  readonly name: string;
  run(call: KernelCall): TensorInfo | TensorInfo[];
}

/** An input that tfjs always passes. */
export function required(call: KernelCall, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (tensor === undefined) throw new Error(`wasm-training: input ${name}, got none, wanted a tensor`);
  return tensor;
}

/** An attribute: its type is the one that tfjs documents for the kernel. */
export function attribute(call: KernelCall, name: string): unknown {
  return (call.attrs as Readonly<Record<string, unknown>>)[name];
}

export function allFloat(...tensors: TensorInfo[]): boolean {
  return tensors.every((tensor) => tensor.dtype === 'float32');
}
