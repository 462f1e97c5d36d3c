import { describe, expect, it } from 'vitest';
import { squareResize } from './resize.js';

function gray(
  width: number,
  height: number,
  value: (x: number, y: number) => number,
): Parameters<typeof squareResize>[0] {
  const data = Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { data, width, height, channels: 1 };
}

describe('squareResize', () => {
  it('leaves a picture of that size alone', () => {
    const picture = gray(3, 3, (x, y) => 10 * y + x);
    expect(squareResize(picture, 3)).toBe(picture);
  });

  it('keeps a flat picture flat at any size', () => {
    for (const size of [1, 2, 5, 9, 16, 31]) {
      expect([
        ...new Set(
          squareResize(
            gray(9, 9, () => 200),
            size,
          ).data,
        ),
      ]).toEqual([200]);
    }
  });

  it('cuts the centred square', () => {
    // Columns 0 to 5; the middle four are 1 to 4, the middle two of five rows' four are 0 to 3.
    const wide = squareResize(
      gray(6, 4, (x) => 10 * x),
      4,
    );
    expect([...wide.data.subarray(0, 4)]).toEqual([10, 20, 30, 40]);
    const high = squareResize(
      gray(4, 5, (_, y) => 10 * y),
      4,
    );
    expect([high.data[0], high.data[4], high.data[8], high.data[12]]).toEqual([0, 10, 20, 30]);
  });

  it('averages when it reduces: halves see the triangle 1 3 3 1 over their neighbours', () => {
    const halved = squareResize(
      gray(4, 4, (x) => (x === 1 ? 240 : 0)),
      2,
    );
    // Left: samples 0, 1, 2 with weights 3, 3, 1 of 7; right: samples 1, 2, 3 with 1, 3, 3.
    expect([...halved.data]).toEqual([103, 34, 103, 34]);
  });

  it('interpolates when it enlarges', () => {
    const doubled = squareResize(
      gray(2, 2, (x) => (x === 0 ? 0 : 100)),
      4,
    );
    expect([...doubled.data.subarray(0, 4)]).toEqual([0, 25, 75, 100]);
  });

  it('treats channels alike', () => {
    const data = Uint8Array.from({ length: 48 }, (_, i) => [10, 20, 30][i % 3]);
    expect([...squareResize({ data, width: 4, height: 4, channels: 3 }, 2).data].slice(0, 6)).toEqual([
      10, 20, 30, 10, 20, 30,
    ]);
  });
});
