import { readFileSync } from 'node:fs';
import { InputError } from '@jembench/core';
import { canonicalHash, type Json } from '@jembench/harness';
import writeFileAtomic from 'write-file-atomic';
import { errorLine } from '../error-line.js';

/** Writes `{ sha256, content }`: the file appears whole or not at all, and says what it must contain. */
export async function writeSealed(path: string, content: Json): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ sha256: canonicalHash(content), content })}\n`);
}

/**
 * The content of a sealed file, or null where there is none.
 *
 * @throws InputError for a file that is damaged.
 */
export function readSealed(path: string): Json | null {
  const bytes = readIfThere(path);
  if (bytes === null) return null;
  let sealed: { sha256?: Json; content?: Json } | null;
  try {
    sealed = JSON.parse(Buffer.from(bytes).toString()) as typeof sealed;
  } catch (error) {
    throw new InputError(`${path}: damaged (${errorLine(error)})`);
  }
  if (sealed?.content === undefined || sealed.sha256 !== canonicalHash(sealed.content)) {
    throw new InputError(`${path}: damaged (its checksum does not match its content)`);
  }
  return sealed.content;
}

/** The bytes of a file, or null where there is none. */
export function readIfThere(path: string): Uint8Array | null {
  try {
    // A plain array: Node's Buffer shares its memory with others, and its `slice` does not copy.
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
