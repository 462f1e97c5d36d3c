import type { KernelContext } from '../context.js';
import { add, floatBytes } from './matrix.js';

/**
 * The products of columns `X^T Y`, a block at a time: for batches that are wide and need the direct form all the same. The `[D, D]` matrix is never
 * there as a whole; the gradient computes its blocks again.
 */
export interface ColumnPairs {
  readonly context: KernelContext;
  /** Addresses of `[rows, columns]`. The same for both: blocks below the diagonal are not computed. */
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly columns: number;
}

/** A block stays in the second-level cache. */
const width = 256;

interface Block {
  readonly address: number;
  /** The first column of x and of y, and how many of each. */
  readonly i: number;
  readonly j: number;
  readonly countI: number;
  readonly countJ: number;
  readonly scratch: number;
}

/** Calls `visit` with every block, its diagonal set to zero where it has a part of that of `X^T Y`. */
function eachBlock({ context, x, y, rows, columns }: ColumnPairs, visit: (block: Block) => void): void {
  const { kernels } = context;
  const blockBytes = floatBytes * width * width;
  const productBytes = Math.max(kernels.gemmScratch(width, rows), kernels.gemmScratch(width, width));
  const pitch = floatBytes * columns;
  context.withScratch(blockBytes + productBytes, (address) => {
    const scratch = address + blockBytes;
    for (let i = 0; i < columns; i += width) {
      const countI = Math.min(width, columns - i);
      for (let j = x === y ? i : 0; j < columns; j += width) {
        const countJ = Math.min(width, columns - j);
        const [atX, atY] = [x + floatBytes * i, y + floatBytes * j];
        const to = floatBytes * countJ;
        kernels.gemmStrided(atX, pitch, atY, pitch, address, to, countI, countJ, rows, 1, 0, 0, 0, scratch);
        if (i === j) kernels.clearDiagonal(address, countI);
        visit({ address, i, j, countI, countJ, scratch });
      }
    }
  });
}

/** The sum of the squares off the diagonal of `X^T Y`. */
export function offDiagonalInBlocks(pairs: ColumnPairs): number {
  let total = 0;
  eachBlock(pairs, ({ address, i, j, countI, countJ }) => {
    const mirrored = pairs.x === pairs.y && i !== j;
    total += (mirrored ? 2 : 1) * pairs.context.kernels.dot64(address, address, countI * countJ);
  });
  return total;
}

/** dx += factor Y M^T, dy += factor X M, M being `X^T Y` without its diagonal; where x and y are the same, dx += factor X M. */
export function addBlockGradients(pairs: ColumnPairs, factor: number, dx: number, dy: number): void {
  const { context, x, y, rows, columns } = pairs;
  const { kernels } = context;
  const pitch = floatBytes * columns;
  eachBlock(pairs, ({ address, i, j, countI, countJ, scratch }) => {
    kernels.scale(address, address, countI * countJ, factor);
    const [inI, inJ, row] = [floatBytes * i, floatBytes * j, floatBytes * countJ];
    kernels.gemmStrided(y + inJ, pitch, address, row, dx + inI, pitch, rows, countI, countJ, 0, 1, add, 0, scratch);
    if (x === y && i === j) return;
    kernels.gemmStrided(x + inI, pitch, address, row, dy + inJ, pitch, rows, countJ, countI, 0, 0, add, 0, scratch);
  });
}
