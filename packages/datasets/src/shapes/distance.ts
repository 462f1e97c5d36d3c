/**
 * Signed distances in the plane: negative inside, positive outside, in the units of the arguments.
 *
 * Only + - * / and the square root are used here and in everything below `shapes/`: IEEE 754 defines their results to the last bit, while
 * sines, exponentials and powers differ between engines. A union is a `Math.min` of two distances, an intersection a `Math.max`.
 */
export type Distance = (x: number, y: number) => number;

export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

export function disc(cx: number, cy: number, radius: number): Distance {
  return (x, y) => length(x - cx, y - cy) - radius;
}

/** The polygon through `corners`, `[x, y]` each, in either sense of rotation; it may be concave, not crossing itself. */
export function polygon(corners: readonly (readonly [number, number])[]): Distance {
  return (x, y) => {
    let nearest = Infinity;
    let inside = false;
    let [px, py] = corners[corners.length - 1];
    for (const [qx, qy] of corners) {
      const ex = qx - px;
      const ey = qy - py;
      const along = clamp(((x - px) * ex + (y - py) * ey) / (ex * ex + ey * ey), 0, 1);
      const dx = x - px - along * ex;
      const dy = y - py - along * ey;
      nearest = Math.min(nearest, dx * dx + dy * dy);
      // Even-odd rule: count the edges that a ray to the right crosses.
      if (py > y !== qy > y && x < px + ((y - py) / ey) * ex) inside = !inside;
      px = qx;
      py = qy;
    }
    const distance = Math.sqrt(nearest);
    return inside ? -distance : distance;
  };
}

/** Everything within `width / 2` of the straight line from `(ax, ay)` to `(bx, by)`: a bar with round ends. */
export function capsule(ax: number, ay: number, bx: number, by: number, width: number): Distance {
  const ex = bx - ax;
  const ey = by - ay;
  const square = ex * ex + ey * ey;
  return (x, y) => {
    const along = clamp(((x - ax) * ex + (y - ay) * ey) / square, 0, 1);
    return length(x - ax - along * ex, y - ay - along * ey) - width / 2;
  };
}

/** Everything within `width / 2` of the outline of `form`. */
export function outline(form: Distance, width: number): Distance {
  return (x, y) => Math.abs(form(x, y)) - width / 2;
}

export function union(...parts: readonly Distance[]): Distance {
  return (x, y) => {
    let nearest = Infinity;
    for (const part of parts) nearest = Math.min(nearest, part(x, y));
    return nearest;
  };
}

/** `form` without `hole`. */
export function difference(form: Distance, hole: Distance): Distance {
  return (x, y) => Math.max(form(x, y), -hole(x, y));
}
