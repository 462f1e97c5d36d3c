/**
 * Both builds import plain memory. tfjs's build with threads owns shared memory, which a module may import only if it says so; the code itself is
 * the same. Rather than carry every build twice, this rewrites the one import.
 *
 * The binary format: magic and version (8 bytes), then sections of an id, a size and a body. The import section (id 2) of our modules has one
 * entry: the names `env` and `memory`, the kind 2 (memory), then its limits: a flag byte (0: a minimum; 3: shared, a minimum and a maximum) and
 * the numbers, in pages.
 */
export function withSharedMemory(bytes: Uint8Array): Uint8Array {
  const reader = { bytes, at: 8 };
  for (;;) {
    const start = reader.at;
    const id = bytes[reader.at++];
    const size = readNumber(reader);
    const end = reader.at + size;
    if (id !== importSection) {
      reader.at = end;
      if (end >= bytes.length)
        throw new Error('wasm-training: module, got no import section, wanted one that imports env.memory');
      continue;
    }
    const bodyStart = reader.at;
    const imports = readNumber(reader);
    for (let name = 0; name < 2; name++) {
      const length = readNumber(reader);
      reader.at += length;
    }
    const kind = bytes[reader.at++];
    const limits = reader.at++;
    if (imports !== 1 || kind !== memoryKind || bytes[limits] !== 0) {
      throw new Error('wasm-training: module, got other imports, wanted env.memory alone');
    }
    const minimum = bytes.subarray(limits + 1, end);
    const body = [...bytes.subarray(bodyStart, limits), sharedLimits, ...minimum, ...writeNumber(mostPages)];
    return Uint8Array.from([
      ...bytes.subarray(0, start),
      importSection,
      ...writeNumber(body.length),
      ...body,
      ...bytes.subarray(end),
    ]);
  }
}

const importSection = 2;
const memoryKind = 2;
const sharedLimits = 3;
/** 4 GiB: memory with a smaller maximum may be imported too. */
const mostPages = 65536;

/** Numbers are in base 128, the lowest digit first; all but the last digit have bit 7 set. */
function readNumber(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function writeNumber(value: number): number[] {
  const digits: number[] = [];
  for (; value >= 128; value >>>= 7) digits.push((value & 127) | 128);
  return [...digits, value];
}
