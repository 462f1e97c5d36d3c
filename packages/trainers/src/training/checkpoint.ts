import { InputError, sha256Hex, tf, type Tensor } from '@jembench/core';
import { teacherWeights } from './hash.js';
import { free, type RunState } from './step.js';

/**
 * Checkpoints: everything that a run's next step depends on, as bytes.
 *
 *     "JEMBENCH CHECKPOINT 1\n"  <SHA-256 of all that follows, hex>\n  <header, one line of JSON>\n  <zeros>  <tensors, float32 or int32>
 *
 * The zeros bring the tensors to an address divisible by 4. What is random is not in it: streams are functions of seed and step.
 * Writing files, atomically or otherwise, is the host's business.
 */
const magic = 'JEMBENCH CHECKPOINT 1\n';
const hashLength = 64;

interface Header {
  /** What run this is of, as given to `saved`. */
  readonly identity: string;
  /** Steps taken. */
  readonly step: number;
  readonly optimiserSteps: Readonly<Record<string, number>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: 'float32' | 'int32';
  }[];
}

/** @param identity what a run must agree in to continue from here: a hash or a description of its configuration. */
export async function savedCheckpoint(run: RunState, step: number, identity: string): Promise<Uint8Array> {
  const named = [...allTensors(run)];
  const header: Header = {
    identity,
    step,
    optimiserSteps: run.optimiserState.steps,
    tensors: named.map(([name, { shape, dtype }]) => ({ name, shape, dtype: dtype as 'float32' | 'int32' })),
  };
  const text = tf.util.encodeString(`${JSON.stringify(header)}\n`);
  const start = aligned(magic.length + hashLength + 1 + text.length);
  const size = named.reduce((bytes, [, tensor]) => bytes + tensor.size * 4, start);
  const bytes = new Uint8Array(size);
  bytes.set(text, magic.length + hashLength + 1);
  let offset = start;
  for (const [, tensor] of named) {
    const values = await tensor.data();
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  const body = bytes.subarray(magic.length + hashLength + 1);
  bytes.set(tf.util.encodeString(`${magic}${sha256Hex(body)}\n`), 0);
  return bytes;
}

/**
 * Puts a run where the checkpoint was taken.
 *
 * @returns the steps that were taken.
 * @throws InputError for bytes that are no checkpoint, damaged, or of another run.
 */
export function restoreCheckpoint(run: RunState, bytes: Uint8Array, identity: string): number {
  const header = verified(bytes);
  if (header.identity !== identity) {
    throw new InputError(
      `checkpoint: of another run, got ${header.identity}, wanted ${identity}; delete it, or train with the configuration that it was made by`,
    );
  }
  const found = new Map<string, Tensor>();
  let offset =
    bytes.length - header.tensors.reduce((total, { shape }) => total + 4 * tf.util.sizeFromShape([...shape]), 0);
  for (const { name, shape, dtype } of header.tensors) {
    const size = tf.util.sizeFromShape([...shape]);
    // A copy: it starts at an aligned address whatever buffer the bytes are a part of.
    const { buffer } = bytes.slice(offset, offset + 4 * size);
    found.set(
      name,
      tf.tensor(dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer), [...shape], dtype),
    );
    offset += 4 * size;
  }
  apply(run, header, found);
  return header.step;
}

function apply(run: RunState, header: Header, found: Map<string, Tensor>): void {
  for (const { name, variable } of [...run.online.weights, ...teacherWeights(run)]) {
    const value = found.get(`weight:${name}`);
    if (value === undefined || value.shape.join() !== variable.shape.join()) {
      throw new InputError(
        `checkpoint: weight ${name}, got ${value?.shape.join() ?? 'none'}, wanted shape ${variable.shape.join()}`,
      );
    }
    variable.assign(value);
    value.dispose();
  }
  const beginning = (prefix: string) =>
    Object.fromEntries(
      [...found].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name.slice(prefix.length), t]),
    );
  free(run.optimiserState.tensors);
  run.optimiserState = { steps: header.optimiserSteps, tensors: beginning('optimiser:') };
  free(run.methodState);
  run.methodState = beginning('state:');
}

function* allTensors(run: RunState): Generator<[string, Tensor]> {
  for (const { name, variable } of [...run.online.weights, ...teacherWeights(run)]) yield [`weight:${name}`, variable];
  for (const [name, tensor] of Object.entries(run.optimiserState.tensors)) yield [`optimiser:${name}`, tensor];
  for (const [name, tensor] of Object.entries(run.methodState)) yield [`state:${name}`, tensor];
}

function verified(bytes: Uint8Array): Header {
  const text = (from: number, to: number) => tf.util.decodeString(bytes.subarray(from, to));
  const bodyStart = magic.length + hashLength + 1;
  if (bytes.length <= bodyStart || text(0, magic.length) !== magic) {
    throw new InputError(
      `checkpoint: ${bytes.length} bytes that do not begin like one, wanted "${magic.trim()}"; delete it to start over`,
    );
  }
  const hash = text(magic.length, magic.length + hashLength);
  const actual = sha256Hex(bytes.subarray(bodyStart));
  if (hash !== actual) {
    throw new InputError(`checkpoint: damaged, got checksum ${actual}, wanted ${hash}; delete it to start over`);
  }
  const end = bytes.indexOf(0x0a, bodyStart);
  return JSON.parse(text(bodyStart, end)) as Header;
}

function aligned(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
