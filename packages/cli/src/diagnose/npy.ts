import { InputError } from '@jembench/core';

/** A NumPy array of one or two axes, row-major, as float64. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type Reader = (view: DataView, offset: number, little: boolean) => number;

/** NumPy's type codes: the kind and the size in bytes. */
const readers: Readonly<Record<string, { readonly size: number; readonly read: Reader }>> = {
  f2: { size: 2, read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  i8: { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  u4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  u8: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
};

/** IEEE half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads NumPy's `.npy` format, versions 1 to 3: little and big endian, C and Fortran order, floats of 16 to 64 bits, integers, booleans.
 *
 * @throws InputError for anything else, and for a file shorter or longer than its header says.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function parseNpy(bytes: Uint8Array, where: string): NpyArray {
  const fail = (what: string, got: string, wanted: string): never => {
    throw new InputError(`${where}: ${what}, got ${got}, wanted ${wanted}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.from(bytes.subarray(0, 6)).toString('latin1');
  if (magic !== '\x93NUMPY') fail('file', 'no NumPy header', 'an array saved by numpy.save');
  const version = bytes[6];
  const lengthSize = version === 1 ? 2 : 4;
  if (!(version >= 1 && version <= 3)) fail('format version', String(version), '1, 2 or 3');
  if (bytes.length < 8 + lengthSize) fail('file', `${bytes.length} bytes`, 'a whole header');
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = 8 + lengthSize + headerLength;
  if (bytes.length < start) fail('file', `${bytes.length} bytes`, `a header of ${start}; it is cut short`);

  const header = Buffer.from(bytes.subarray(8 + lengthSize, start)).toString('utf8');
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\w*)'/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(header);
  if (descr === null || order === null || shapeText === null) {
    return fail('header', header.trim().slice(0, 80), "'descr', 'fortran_order' and 'shape' of a plain array");
  }
  const type = readers[descr[2]];
  if (type === undefined)
    return fail('type', `${descr[1]}${descr[2]}`, 'numbers: float16, float32, float64, integers or booleans');
  const sizes = shapeText[1]
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const shape = sizes.map(Number);
  if (shape.length < 1 || shape.length > 2 || shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    return fail('shape', `(${sizes.join(', ')})`, 'one or two axes: (rows, columns)');
  }
  const [rows, columns = 1] = shape;
  const wanted = rows * columns * type.size;
  if (bytes.length - start !== wanted) {
    return fail('data', `${bytes.length - start} bytes`, `${wanted} for shape (${sizes.join(', ')}) of ${descr[2]}`);
  }
  const data = new Float64Array(rows * columns);
  const fortran = order[1] === 'True';
  for (let i = 0; i < data.length; i++) {
    const at = fortran ? (i % columns) * rows + Math.floor(i / columns) : i;
    data[i] = type.read(view, start + at * type.size, descr[1] !== '>');
  }
  return { shape, data };
}
