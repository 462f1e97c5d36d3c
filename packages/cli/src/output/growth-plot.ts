import { dot, line, text } from '@observablehq/plot';
import { groupedBy, type KernelRow } from '@jembench/harness';
import { svg } from './svg.js';

/** A picture of how one kernel's time grows with one side of its shape. */
export interface GrowthPlot {
  /** `vicreg-covariance-forward-node-wasm-D-at-N256`: without an ending. */
  readonly name: string;
  readonly svg: string;
}

interface Point {
  readonly size: number;
  readonly ms: number;
  readonly low: number;
  readonly high: number;
  readonly implementation: string;
}

/** Fewer sizes than this are no curve. */
const fewestSizes = 3;

/** A plot for every kernel, pass and side of a shape that takes three sizes or more, in one implementation, while the other sides stay. */
export function growthPlots(rows: readonly KernelRow[]): GrowthPlot[] {
  const timed = rows.filter((row) => row.status === 'ok');
  const kernels = groupedBy(timed, ({ kernel, pass, backend, host }) => [kernel, pass, host, backend].join(' '));
  return [...kernels].flatMap(([title, group]) =>
    Object.keys(group[0].shape).flatMap((side) =>
      [...groupedBy(group, ({ shape }) => withoutSide(shape, side))].flatMap(([fixed, sweep]) => {
        const curves = [...groupedBy(sweep, ({ implementation }) => implementation).values()].filter(
          (curve) => new Set(curve.map(({ shape }) => shape[side])).size >= fewestSizes,
        );
        if (curves.length === 0) return [];
        const points = curves.flatMap((curve) => curve.map((row) => point(row, side)).sort((a, b) => a.size - b.size));
        const name = `${title}-${side}-at-${fixed}`.replaceAll(' ', '-').replaceAll('=', '');
        return [{ name, svg: sweepPlot(`${title}, ${fixed}`, side, points) }];
      }),
    ),
  );
}

function withoutSide(shape: KernelRow['shape'], side: string): string {
  const others = Object.entries(shape).filter(([name]) => name !== side);
  return others.map(([name, size]) => `${name}=${size}`).join(' ');
}

function point({ shape, ms, low, high, implementation }: KernelRow, side: string): Point {
  return { size: shape[side], ms: ms ?? NaN, low: low ?? NaN, high: high ?? NaN, implementation };
}

function sweepPlot(title: string, side: string, points: readonly Point[]): string {
  const sizes = [...new Set(points.map(({ size }) => size))];
  return svg({
    width: 720,
    height: 420,
    marginLeft: 60,
    marginTop: 44,
    x: { type: 'log', label: side, ticks: sizes, tickFormat: 'd' },
    y: { type: 'log', label: 'ms', grid: true },
    color: { legend: false, type: 'categorical' },
    marks: [
      line(points, { x: 'size', y: 'ms', stroke: 'implementation', strokeWidth: 1.5 }),
      dot(points, { x: 'size', y: 'ms', fill: 'implementation', r: 2.5 }),
      text(lastOfEach(points), {
        x: 'size',
        y: 'ms',
        text: 'implementation',
        fill: 'implementation',
        dy: -8,
        textAnchor: 'end',
      }),
      text([title], { frameAnchor: 'top-left', dy: -36, text: (name: string) => name, fontWeight: 'bold' }),
    ],
  });
}

/** Where a curve's name stands. */
function lastOfEach(points: readonly Point[]): Point[] {
  return [...groupedBy(points, ({ implementation }) => implementation).values()].flatMap((curve) => curve.slice(-1));
}
