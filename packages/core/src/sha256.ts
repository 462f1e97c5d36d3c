import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * SHA-256 (lower-case hex) of the parts one after the other.
 *
 * A string counts as its UTF-8 bytes, a typed array as its bytes in memory. Parts are not delimited: `('ab', 'c')` and `('a', 'bc')` agree.
 */
export function sha256Hex(...parts: readonly (ArrayBufferView | string)[]): string {
  const hash = sha256.create();
  for (const part of parts) {
    hash.update(
      typeof part === 'string' ? utf8ToBytes(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
  }
  return bytesToHex(hash.digest());
}
