import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseNpy } from './npy.js';
import { readEmbeddings } from './read.js';
import { parseCsv } from './table.js';
import { scratch } from '../fixtures/scratch.js';

/** A `.npy` file as NumPy writes it: the header padded with blanks to a multiple of 64, a newline last. */
function npy(descr: string, shape: string, data: Uint8Array, { fortran = false, version = 1 } = {}): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const lengthSize = version === 1 ? 2 : 4;
  const padded = `${text.padEnd(Math.ceil((9 + lengthSize + text.length) / 64) * 64 - 9 - lengthSize)}\n`;
  const head = Buffer.alloc(8 + lengthSize);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(padded.length, 8);
  else head.writeUInt32LE(padded.length, 8);
  return Uint8Array.from(Buffer.concat([head, Buffer.from(padded), data]));
}

const bytes = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const swapped = (view: ArrayBufferView, size: number): Uint8Array => {
  const copy = Uint8Array.from(bytes(view));
  for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse();
  return copy;
};

describe('parseNpy', () => {
  const values = [1, -2, 3, 4, 5, 6];
  it.each([
    ['<f4', bytes(Float32Array.from(values))],
    ['<f8', bytes(Float64Array.from(values))],
    ['>f4', swapped(Float32Array.from(values), 4)],
    ['<f2', bytes(Uint16Array.from([0x3c00, 0xc000, 0x4200, 0x4400, 0x4500, 0x4600]))],
    ['|i1', bytes(Int8Array.from(values))],
    ['<i2', bytes(Int16Array.from(values))],
    ['<i4', bytes(Int32Array.from(values))],
    ['>i4', swapped(Int32Array.from(values), 4)],
    ['<i8', bytes(BigInt64Array.from(values.map(BigInt)))],
  ])('reads %s', (descr, data) => {
    const array = parseNpy(npy(descr, '(2, 3)', data), 'a.npy');
    expect(array.shape).toEqual([2, 3]);
    expect(Array.from(array.data)).toEqual(values);
  });

  it('reads unsigned and boolean types, and format version 2', () => {
    expect(Array.from(parseNpy(npy('|u1', '(2,)', Uint8Array.of(7, 255)), 'a').data)).toEqual([7, 255]);
    expect(Array.from(parseNpy(npy('|b1', '(2,)', Uint8Array.of(0, 1)), 'a').data)).toEqual([0, 1]);
    expect(Array.from(parseNpy(npy('<u4', '(1,)', bytes(Uint32Array.of(4e9)), { version: 2 }), 'a').data)).toEqual([
      4e9,
    ]);
  });

  it('turns Fortran order round', () => {
    // Columns (1, 2), (3, 4), (5, 6).
    const array = parseNpy(npy('<f4', '(2, 3)', bytes(Float32Array.of(1, 2, 3, 4, 5, 6)), { fortran: true }), 'a.npy');
    expect(Array.from(array.data)).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('keeps half precision exact at its edges', () => {
    const halves = Uint16Array.of(0x0001, 0x7bff, 0x7c00, 0x7e00, 0x8000);
    const { data } = parseNpy(npy('<f2', '(5,)', bytes(halves)), 'a');
    expect(Array.from(data)).toEqual([2 ** -24, 65504, Infinity, NaN, -0]);
  });

  it.each<[string, Uint8Array, string]>([
    ['no header', Uint8Array.from(Buffer.from('hello world')), 'a.npy: file, got no NumPy header'],
    ['nothing at all', new Uint8Array(), 'no NumPy header'],
    ['half a header', npy('<f4', '(2, 3)', new Uint8Array()).slice(0, 30), 'cut short'],
    ['too little data', npy('<f4', '(2, 3)', new Uint8Array(20)), 'data, got 20 bytes, wanted 24'],
    ['too much data', npy('<f4', '(2, 3)', new Uint8Array(28)), 'data, got 28 bytes, wanted 24'],
    ['complex numbers', npy('<c8', '(1, 1)', new Uint8Array(8)), 'type, got <c8'],
    ['objects', npy('|O', '(1, 1)', new Uint8Array(8)), 'type, got |O'],
    ['three axes', npy('<f4', '(1, 1, 1)', new Uint8Array(4)), 'shape, got (1, 1, 1)'],
    ['a scalar', npy('<f4', '()', new Uint8Array(4)), 'shape, got ()'],
    ['version 9', npy('<f4', '(1,)', new Uint8Array(4), { version: 9 }), 'format version, got 9'],
    ['a structured type', npy('|V8', '(1,)', new Uint8Array(8)), 'type, got |V8'],
  ])('refuses %s', (_, file, message) => {
    expect(() => parseNpy(file, 'a.npy')).toThrow(message);
  });
});

describe('parseCsv', () => {
  it('reads numbers with and without a header', () => {
    expect(Array.from(parseCsv('1,2\n3,4\n', 'a.csv', null).data)).toEqual([1, 2, 3, 4]);
    const { data, rows, columns, labels } = parseCsv('\uFEFFx,y\r\n1,-2.5e1\r\n\r\n3,4', 'a.csv', null);
    expect({ data: Array.from(data), rows, columns, labels }).toEqual({
      data: [1, -25, 3, 4],
      rows: 2,
      columns: 2,
      labels: null,
    });
  });

  it('takes a column of labels by name, by number, or by its usual name', () => {
    const text = 'x,kind,y\n1,cat,2\n3,dog,4\n5,cat,6\n';
    for (const column of ['kind', '2']) {
      const { data, labels, classes } = parseCsv(text, 'a.csv', column);
      expect(Array.from(data)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(Array.from(labels ?? [])).toEqual([0, 1, 0]);
      expect(classes).toEqual(['cat', 'dog']);
    }
    expect(parseCsv('label,x\nb,1\na,2\n', 'a.csv', null).classes).toEqual(['b', 'a']);
    expect(parseCsv('1,7\n2,7\n3,8\n', 'a.csv', '2').classes).toEqual(['7', '8']);
    expect(parseCsv('1,a\n2,b\n', 'a.csv', '2').rows).toBe(2);
  });

  it('hands on numbers that are not finite: they are part of a diagnosis', () => {
    expect(Array.from(parseCsv('1,nan\n-inf,2\n', 'a.csv', null).data)).toEqual([1, NaN, -Infinity, 2]);
  });

  it.each([
    ['', null, 'rows, got none'],
    ['x,y\n', null, 'got only a header'],
    ['1,2\n3\n', null, 'wanted lines of equal length'],
    ['1,2\n3,four\n', null, 'a.csv:2: column 2, got "four", wanted a number'],
    ['1,2\n3,\n', null, 'a.csv:2: column 2, got "", wanted a number'],
    ['x,y\n1,2\n', 'z', 'label column, got "z", wanted one of x, y'],
    ['1,2\n', '3', 'wanted a number from 1 to 2'],
    ['1,2\n', '0', 'label column'],
    ['"1,2\n', null, 'CSV, got'],
  ])('refuses %j with label column %j', (text, column, message) => {
    expect(() => parseCsv(text, 'a.csv', column)).toThrow(message);
  });
});

describe('readEmbeddings', () => {
  const folder = scratch();
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const embeddings = file('e.npy', npy('<f4', '(2, 2)', bytes(Float32Array.of(1, 2, 3, 4))));

  it('takes labels from a file of their own, NumPy or text', () => {
    for (const labels of [
      file('l.npy', npy('<i8', '(2,)', bytes(BigInt64Array.of(5n, 3n)))),
      file('l.txt', '5\n3\n'),
    ]) {
      const read = readEmbeddings({ file: embeddings, labelColumn: null, labels });
      expect(Array.from(read.labels ?? [])).toEqual([0, 1]);
      expect(read.classes).toEqual(['5', '3']);
    }
  });

  it('refuses labels that do not fit, a label column of a .npy, binary data, one axis', () => {
    const read = (name: string, labelColumn: string | null, labels: string | null) => () =>
      readEmbeddings({ file: name, labelColumn, labels });
    expect(read(embeddings, null, file('l3.txt', '1\n2\n3'))).toThrow('labels, got 3, wanted 2');
    expect(read(embeddings, '1', null)).toThrow('--label-column');
    expect(read(file('x.bin', Uint8Array.of(1, 0, 2)), null, null)).toThrow('binary data');
    expect(read(file('one.npy', npy('<f4', '(2,)', new Uint8Array(8))), null, null)).toThrow('wanted two axes');
    expect(read(join(folder, 'none.npy'), null, null)).toThrow('ENOENT');
  });
});
