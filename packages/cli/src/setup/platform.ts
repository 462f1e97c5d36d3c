import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '@jembench/core';

/** The machines that TensorFlow's Linux wheels are made for: their name in a wheel, and in the header of a library (ELF). */
const machines: Readonly<Record<string, { readonly wheel: string; readonly elf: number } | undefined>> = {
  x64: { wheel: 'x86_64', elf: 62 },
  arm64: { wheel: 'aarch64', elf: 183 },
};

export interface Platform {
  readonly system: string;
  /** Node's name of the processor. */
  readonly arch: string;
  /** The version of the C library, where it is glibc. */
  readonly glibc: string | null;
}

export function thisPlatform(): Platform {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return { system: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime ?? null };
}

/** The processor as wheels name it. @throws InputError where TensorFlow has no wheel that this set-up can use. */
export function wheelMachine({ system, arch, glibc }: Platform): string {
  const machine = machines[arch];
  if (system === 'linux' && glibc !== null && machine !== undefined) return machine.wheel;
  const got = `${system} ${arch}${system === 'linux' && glibc === null ? ' without glibc' : ''}`;
  throw new InputError(
    `setup: platform, got ${got}, wanted Linux with glibc on x64 or arm64; the wasm backend runs here, and needs no set-up`,
  );
}

/** @throws InputError for a library that this processor cannot run. */
export function checkArchitecture(library: string, { arch }: Platform): void {
  const header = Buffer.alloc(20);
  const file = openSync(library, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  const isElf = header.readUInt32BE(0) === 0x7f454c46;
  const elf = header.readUInt16LE(18);
  if (isElf && elf === machines[arch]?.elf) return;
  const other = Object.keys(machines).find((name) => machines[name]?.elf === elf);
  const got = !isElf ? 'no Linux library' : `one for ${other ?? `machine ${elf}`}`;
  throw new InputError(`setup: ${library}, got ${got}, wanted one for ${arch}; take the wheel of this processor`);
}
