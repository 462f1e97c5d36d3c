import { capsule, difference, disc, length, outline, polygon, union, type Distance } from './distance.js';

// Cosines and sines of 36, 60 and 72 degrees.
const C36 = (1 + Math.sqrt(5)) / 4;
const C72 = (Math.sqrt(5) - 1) / 4;
const S36 = Math.sqrt(1 - C36 * C36);
const S72 = Math.sqrt(1 - C72 * C72);
const S60 = Math.sqrt(3) / 2;

function triangle(radius: number): Distance {
  return polygon([
    [0, radius],
    [radius * S60, -radius / 2],
    [-radius * S60, -radius / 2],
  ]);
}

/** Five points at distance 1, the notches between them at `notch`. */
function star(notch: number): Distance {
  return polygon([
    [0, 1],
    [notch * S36, notch * C36],
    [S72, C72],
    [notch * S72, -notch * C72],
    [S36, -C36],
    [0, -notch],
    [-S36, -C36],
    [-notch * S72, -notch * C72],
    [-S72, C72],
    [-notch * S36, notch * C36],
  ]);
}

/** A plus sign whose arms reach to `reach` and are `2 * half` wide. */
function cross(reach: number, half: number): Distance {
  return polygon([
    [half, reach],
    [half, half],
    [reach, half],
    [reach, -half],
    [half, -half],
    [half, -reach],
    [-half, -reach],
    [-half, -half],
    [-reach, -half],
    [-reach, half],
    [-half, half],
    [-half, reach],
  ]);
}

/** Six round petals around a hole. */
function blossom(): Distance {
  const at = 0.6;
  const petal = 0.4;
  return difference(
    union(
      disc(0, 0, at),
      disc(at, 0, petal),
      disc(at / 2, at * S60, petal),
      disc(-at / 2, at * S60, petal),
      disc(-at, 0, petal),
      disc(-at / 2, -at * S60, petal),
      disc(at / 2, -at * S60, petal),
    ),
    disc(0, 0, 0.36),
  );
}

/** Half circles around two centres in turn, each larger by `step`: a spiral without an angle. */
function spiral(): Distance {
  const step = 0.3;
  const width = 0.26;
  return (x, y) => {
    let nearest = Math.min(length(x - step, y), length(x + 3 * step, y));
    for (let turn = 1; turn <= 3; turn++) {
      const upper = turn % 2 === 1;
      if (y >= 0 === upper) nearest = Math.min(nearest, Math.abs(length(upper ? x : x + step, y) - turn * step));
    }
    return nearest - width / 2;
  };
}

function zigzag(): Distance {
  const width = 0.32;
  return union(
    capsule(-0.9, -0.4, -0.3, 0.4, width),
    capsule(-0.3, 0.4, 0.3, -0.4, width),
    capsule(0.3, -0.4, 0.9, 0.4, width),
  );
}

/** Three thin bars through one point. */
function asterisk(): Distance {
  const width = 0.2;
  return union(capsule(-1, 0, 1, 0, width), capsule(-0.5, -S60, 0.5, S60, width), capsule(0.5, -S60, -0.5, S60, width));
}

function scaled(factor: number, form: Distance): Distance {
  return (x, y) => factor * form(x / factor, y / factor);
}

/**
 * The classes of `shapes` by name: forms around the origin, of areas from 1.2 to 1.45, so that the amount of ink tells little
 * of the class. (With equal areas disc and blossom are too small to be told at 32 pixels.)
 *
 * No form is another one turned, mirrored or scaled (augmentations flip and zoom), and each is told by what a small window sees of it:
 * corners, ends, curvature, holes, crossings. An encoder of three convolutions with global average pooling sees no more than that.
 */
export const forms = {
  disc: scaled(0.76, disc(0, 0, 0.88)),
  ring: scaled(0.89, outline(disc(0, 0, 0.76), 0.36)),
  triangle: scaled(0.955, triangle(1.05)),
  star: scaled(1.045, star(0.4)),
  cross: scaled(0.845, cross(0.95, 0.3)),
  crescent: scaled(0.977, difference(disc(0, 0, 0.95), disc(0.5, 0, 0.78))),
  blossom: scaled(0.78, blossom()),
  spiral: scaled(0.95, spiral()),
  zigzag: scaled(1.09, zigzag()),
  asterisk: scaled(1.045, asterisk()),
} as const satisfies Record<string, Distance>;

export type FormName = keyof typeof forms;
