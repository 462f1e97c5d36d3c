import { runWebgpuKernel, type WebgpuKernel } from '../backends/webgpu-kernel.js';
import type { Tensor2D } from '../tf.js';

/** WGSL that several ops share: sums and maxima over the threads of a workgroup, and what such workgroups run over. */

/** Threads of a workgroup that works on a row, or on all of a matrix. */
export const rowThreads = 256;

/**
 * `f32` functions `sumOfAll` and `maximumOfAll` of what each of 256 threads brings, the same for all of them; in an order that never changes.
 *
 * Through shared memory: subgroup operations would need to know a thread's subgroup, which tfjs's entry point does not ask for.
 */
const overThreads = `
  var<workgroup> shared256: array<f32, ${rowThreads}>;
  fn sumOfAll(own: f32) -> f32 {
    shared256[localId.x] = own;
    workgroupBarrier();
    for (var half = ${rowThreads / 2}u; half > 0u; half = half / 2u) {
      if (localId.x < half) { shared256[localId.x] = shared256[localId.x] + shared256[localId.x + half]; }
      workgroupBarrier();
    }
    let all = shared256[0];
    workgroupBarrier();
    return all;
  }
  fn maximumOfAll(own: f32) -> f32 {
    shared256[localId.x] = own;
    workgroupBarrier();
    for (var half = ${rowThreads / 2}u; half > 0u; half = half / 2u) {
      if (localId.x < half) { shared256[localId.x] = max(shared256[localId.x], shared256[localId.x + half]); }
      workgroupBarrier();
    }
    let largest = shared256[0];
    workgroupBarrier();
    return largest;
  }
`;

/** Columns that a workgroup works on side by side: neighbouring threads read neighbouring values. */
const columnTile = 32;
const rowTile = rowThreads / columnTile;

/**
 * The same over the threads of one column, of which a workgroup has 32: `sumOfColumn` and `maximumOfColumn`.
 *
 * `columnOf(index)` is a thread's column, `firstRow()` and `rowStep` the rows that it takes.
 */
const overColumns = `
  const rowStep = ${rowTile};
  fn columnOf(index: i32) -> i32 { return index / ${rowThreads} * ${columnTile} + i32(localId.x % ${columnTile}u); }
  fn firstRow() -> i32 { return i32(localId.x / ${columnTile}u); }
  var<workgroup> sharedColumns: array<f32, ${rowThreads}>;
  fn sumOfColumn(own: f32) -> f32 {
    sharedColumns[localId.x] = own;
    workgroupBarrier();
    var all = 0.0;
    for (var i = localId.x % ${columnTile}u; i < ${rowThreads}u; i = i + ${columnTile}u) { all = all + sharedColumns[i]; }
    workgroupBarrier();
    return all;
  }
  fn maximumOfColumn(own: f32) -> f32 {
    sharedColumns[localId.x] = own;
    workgroupBarrier();
    var largest = own;
    for (var i = localId.x % ${columnTile}u; i < ${rowThreads}u; i = i + ${columnTile}u) { largest = max(largest, sharedColumns[i]); }
    workgroupBarrier();
    return largest;
  }
`;

/** What no value of a float32 matrix is below. */
export const lowest = '-3.4028234e38';

/** A kernel of 256 threads a workgroup, without what follows from its threads. */
type Kernel = Omit<WebgpuKernel, 'threads' | 'workgroups'>;
type Inputs = Readonly<Record<string, Tensor2D>>;

/** Runs a kernel whose workgroups have all their threads for one thing, a row or a part: `sumOfAll`, `maximumOfAll`. */
export const runOverThreads = (kernel: Kernel, workgroups: number, inputs: Inputs): Tensor2D =>
  runWebgpuKernel({ ...kernel, code: overThreads + kernel.code, threads: rowThreads, workgroups }, inputs);

/** Runs a kernel whose workgroups have 32 columns of the result each: `sumOfColumn`, `maximumOfColumn`. */
export const runOverColumns = (kernel: Kernel, inputs: Inputs): Tensor2D =>
  runWebgpuKernel(
    {
      ...kernel,
      code: overColumns + kernel.code,
      threads: rowThreads,
      workgroups: Math.ceil(kernel.shape[1] / columnTile),
    },
    inputs,
  );

/** The begin of `main` in a kernel over columns of the input of that name: `rows`, `columns`, and the thread's `column`. */
export const inColumnsOf = (input: string): string => `
      let rows = uniforms.${input}Shape.x;
      let columns = uniforms.${input}Shape.y;
      let column = columnOf(index);`;

/** Runs `statement` for every `row` that the thread takes of its column. */
export const eachRow = (statement: string): string => `
      if (column < columns) {
        for (var row = firstRow(); row < rows; row = row + rowStep) { ${statement} }
      }`;

/** The same in a kernel over rows: the thread's `row`. */
export const inRowsOf = (input: string): string => `
      let rows = uniforms.${input}Shape.x;
      let columns = uniforms.${input}Shape.y;
      let row = index / ${rowThreads};`;

/** Runs `statement` for every `k` that the thread takes of its row. */
export const eachColumn = (statement: string): string => `
      if (row < rows) {
        for (var k = i32(localId.x); k < columns; k = k + ${rowThreads}) { ${statement} }
      }`;
