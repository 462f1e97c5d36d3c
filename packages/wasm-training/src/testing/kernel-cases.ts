import type { KernelCase } from './kernel-case.js';
import { tensor, type CaseInput } from './values.js';

const one = (
  kernel: string,
  roundings: number,
  inputs: Record<string, CaseInput>,
  attrs: Record<string, unknown> = {},
): KernelCase => ({
  kernel,
  inputs,
  attrs,
  roundings,
});
const sums = (
  kernel: string,
  roundings: number,
  inputs: Record<string, CaseInput>,
  attrs: Record<string, unknown> = {},
): KernelCase => ({
  ...one(kernel, roundings, inputs, attrs),
  sums: true,
});

const wide: CaseInput = { shape: [5, 13], range: [-20, 20] };
const positive: CaseInput = { shape: [5, 13], range: [0.001, 30] };
const extremes: CaseInput = { shape: [9], values: [NaN, Infinity, -Infinity, 0, -0, 1e-40, 3e38, -3e38, 1] };

function elementwiseCases(): KernelCase[] {
  return [
    one('Exp', 4, { x: { shape: [5, 13], range: [-5, 5] } }),
    one('Exp', 4, { x: extremes }),
    one('Log', 4, { x: positive }),
    one('Log', 4, { x: { shape: [7], values: [NaN, Infinity, -1, 0, 1e-40, 1, 3e38] } }),
    one('Tanh', 4, { x: wide }),
    one('Tanh', 4, { x: extremes }),
    // The cpu backend's erf is an approximation with an error of 1.5e-7.
    one('Erf', 8, { x: { shape: [5, 13], range: [-4, 4] } }),
    one('Erf', 8, { x: { shape: [3], values: [NaN, Infinity, -Infinity] } }),
    one('Rsqrt', 4, { x: positive }),
    one('Rsqrt', 4, { x: { shape: [4], values: [NaN, Infinity, 0, -1] } }),
    one('Relu', 0, { x: wide }),
    one('Relu', 0, { x: extremes }),
    one('Relu6', 0, { x: wide }),
    one('Relu6', 0, { x: extremes }),
    one('ClipByValue', 0, { x: wide }, { clipValueMin: -1.5, clipValueMax: 7 }),
    one('ClipByValue', 0, { x: extremes }, { clipValueMin: -1.5, clipValueMax: 7 }),
    ...['Maximum', 'Minimum'].flatMap((kernel) => [
      one(kernel, 0, { a: wide, b: { ...wide } }),
      one(kernel, 0, { a: extremes, b: { shape: [9], values: [1, NaN, 0] } }),
      one(kernel, 0, { a: tensor(5, 7), b: tensor() }),
      one(kernel, 0, { a: tensor(1), b: tensor(5, 7) }),
      one(kernel, 0, { a: tensor(5, 7), b: tensor(7) }),
      one(kernel, 0, { a: tensor(5, 1), b: tensor(3, 1, 7) }),
      one(kernel, 0, { a: tensor(0, 3), b: tensor(3) }),
    ]),
    ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].flatMap((kernel) => [
      one(kernel, 0, { a: { shape: [50], values: [1, 2, 3, 4, 5] }, b: { shape: [50], values: [3, 2, NaN, 4, 1, 7] } }),
      one(kernel, 0, { a: tensor(37), b: { shape: [], values: [0] } }),
      one(kernel, 0, { a: { shape: [7, 5], values: [1, 2, 3] }, b: { shape: [5], values: [2, 3] } }),
    ]),
    ...[1, 4, 37].map((count) =>
      one('Select', 0, {
        condition: { shape: [count], dtype: 'bool', values: [1, 0, 0, 1, 1] },
        t: tensor(count),
        e: tensor(count),
      }),
    ),
    one('Select', 0, { condition: { shape: [3], dtype: 'bool', values: [1, 0, 1] }, t: tensor(3, 5), e: tensor(3, 5) }),
    ...['Exp', 'Log', 'Tanh', 'Erf', 'Rsqrt', 'Relu'].map((kernel) => one(kernel, 0, { x: tensor(0, 3) })),
    ...[
      [3, 7],
      [2, 5, 8],
      [4, 1],
      [3, 2000],
    ].map((shape) => one('Softmax', 8, { logits: { shape, range: [-6, 6] } }, { dim: shape.length - 1 })),
    one('Softmax', 8, { logits: { shape: [2, 5], values: [-Infinity, 1, 1000, 3, 999] } }, { dim: 1 }),
  ];
}

function reductionCases(): KernelCase[] {
  const reductions: [number[], number[]][] = [
    [[7, 5], [0]],
    [[7, 5], [1]],
    [
      [7, 5],
      [0, 1],
    ],
    [
      [3, 4, 17, 9],
      [1, 2],
    ],
    [
      [3, 4, 17, 9],
      [0, 1, 2],
    ],
    [[3, 4, 17, 9], [2]],
    [
      [3, 4, 17, 9],
      [0, 2],
    ],
    [[1000, 3], [0]],
    [[3, 1000], [1]],
    [[5], [0]],
    [[300, 24], [0]],
    [[0, 4], [0]],
  ];
  return ['Sum', 'Mean'].flatMap((kernel) =>
    reductions
      .filter(([shape]) => kernel === 'Sum' || shape[0] > 0)
      .flatMap(([shape, axis]) =>
        [false, true].map((keepDims) => sums(kernel, 8, { x: tensor(...shape) }, { axis, keepDims })),
      ),
  );
}

function layoutCases(): KernelCase[] {
  const permutations: [number[], number[]][] = [
    [
      [7, 5],
      [1, 0],
    ],
    [
      [37, 42],
      [1, 0],
    ],
    [
      [16, 16],
      [1, 0],
    ],
    [
      [3, 9, 21],
      [0, 2, 1],
    ],
    [
      [3, 9, 21],
      [1, 2, 0],
    ],
    [
      [3, 9, 21],
      [2, 0, 1],
    ],
    [
      [3, 9, 21],
      [2, 1, 0],
    ],
    [
      [2, 3, 4, 5],
      [0, 2, 1, 3],
    ],
    [
      [2, 3, 4, 5],
      [2, 3, 0, 1],
    ],
    [
      [2, 1, 4, 5],
      [0, 3, 1, 2],
    ],
    [
      [1, 3, 1],
      [2, 1, 0],
    ],
    [
      [0, 3],
      [1, 0],
    ],
  ];
  const tiles: [number[], number[]][] = [
    [
      [3, 1],
      [1, 7],
    ],
    [
      [1, 5],
      [6, 1],
    ],
    [
      [3, 4],
      [2, 3],
    ],
    [
      [2, 3, 4],
      [3, 1, 2],
    ],
    [
      [3, 4],
      [1, 1],
    ],
    [[3], [4]],
    [
      [3, 4],
      [0, 2],
    ],
  ];
  const indices: CaseInput = { shape: [2, 3], dtype: 'int32', values: [3, 0, 2, 2, 1, 3] };
  return [
    ...permutations.map(([shape, perm]) => one('Transpose', 0, { x: tensor(...shape) }, { perm })),
    one('Transpose', 0, { x: { shape: [6, 9], dtype: 'int32', range: [-50, 50] } }, { perm: [1, 0] }),
    ...tiles.map(([shape, reps]) => one('Tile', 0, { x: tensor(...shape) }, { reps })),
    one('Tile', 0, { x: { shape: [3, 1], dtype: 'bool', values: [1, 0, 1] } }, { reps: [2, 5] }),
    one('Tile', 0, { x: { shape: [3, 2], dtype: 'bool', values: [1, 0, 1] } }, { reps: [2, 5] }),
    ...[0, 1, 2].map((axis) => one('SplitV', 0, { x: tensor(4, 6, 8) }, { numOrSizeSplits: 2, axis })),
    one('SplitV', 0, { x: tensor(4, 6) }, { numOrSizeSplits: [1, 5, 0], axis: 1 }),
    one('SplitV', 0, { x: tensor(4, 6) }, { numOrSizeSplits: [1, -1, 2], axis: -1 }),
    one('SplitV', 0, { x: { shape: [3, 2], dtype: 'bool', values: [1, 0, 1] } }, { numOrSizeSplits: 2, axis: 1 }),
    one('Tile', 0, { x: { shape: [3, 2], dtype: 'int32', range: [-50, 50] } }, { reps: [2, 2] }),
    ...[0, 1, 2].map((axis) =>
      one('GatherV2', 0, { x: tensor(4, 5, 6), indices: { ...indices } }, { axis, batchDims: 0 }),
    ),
    one('GatherV2', 0, { x: tensor(4), indices }, { axis: 0, batchDims: 0 }),
    one(
      'UnsortedSegmentSum',
      4,
      { x: tensor(7, 5), segmentIds: { shape: [7], dtype: 'int32', values: [2, 0, 2, 5, 3, 0, 2] } },
      { numSegments: 4 },
    ),
    one(
      'UnsortedSegmentSum',
      4,
      { x: tensor(7, 3, 4), segmentIds: { shape: [7], dtype: 'int32', values: [2, 0, 2, 1, 3, 0, 2] } },
      { numSegments: 6 },
    ),
  ];
}

interface Window {
  readonly x: [number, number, number, number];
  readonly filterSize: number | [number, number];
  readonly strides: number;
  readonly pad: unknown;
  readonly out: [number, number];
}

const windows: Window[] = [
  { x: [2, 6, 6, 5], filterSize: 2, strides: 2, pad: 'valid', out: [3, 3] },
  { x: [2, 7, 6, 8], filterSize: 3, strides: 2, pad: 'same', out: [4, 3] },
  { x: [1, 5, 5, 4], filterSize: [3, 2], strides: 1, pad: 'same', out: [5, 5] },
];

function poolCases(): KernelCase[] {
  // Values below 0 too: tfjs's wasm kernel loses their gradient.
  const ranges: [number, number][] = [
    [-1, 1],
    [-2, -1],
  ];
  return [
    ...windows.flatMap(({ x, filterSize, strides, pad, out }) =>
      ranges.map((range) => {
        const y: CaseInput = { shape: [x[0], ...out, x[3]] };
        return sums('MaxPoolGrad', 2, { dy: y, input: { shape: x, range }, output: y }, { filterSize, strides, pad });
      }),
    ),
    // Padded windows differ on purpose, see pooling.test.ts.
    sums(
      'AvgPoolGrad',
      2,
      { dy: tensor(2, 3, 3, 5), input: tensor(2, 6, 6, 5) },
      { filterSize: 2, strides: 2, pad: 'valid' },
    ),
    sums(
      'AvgPoolGrad',
      2,
      { dy: tensor(2, 4, 3, 8), input: tensor(2, 6, 5, 8) },
      { filterSize: 3, strides: 1, pad: 'valid' },
    ),
  ];
}

function depthwiseCases(): KernelCase[] {
  const cases: { x: number[]; filter: number[]; strides: number; pad: string; y: number[] }[] = [
    { x: [2, 7, 6, 5], filter: [3, 3, 5, 1], strides: 1, pad: 'same', y: [2, 7, 6, 5] },
    { x: [2, 7, 6, 8], filter: [3, 2, 8, 1], strides: 2, pad: 'valid', y: [2, 3, 3, 8] },
    { x: [1, 6, 6, 3], filter: [3, 3, 3, 2], strides: 2, pad: 'same', y: [1, 3, 3, 6] },
  ];
  return cases.flatMap(({ x, filter, strides, pad, y }) => {
    const attrs = { strides, pad, dataFormat: 'NHWC', dilations: 1, dimRoundingMode: undefined };
    return [
      sums('DepthwiseConv2dNative', 8, { x: tensor(...x), filter: tensor(...filter) }, attrs),
      sums(
        'DepthwiseConv2dNativeBackpropInput',
        8,
        { dy: tensor(...y), filter: tensor(...filter) },
        { ...attrs, inputShape: x },
      ),
      sums(
        'DepthwiseConv2dNativeBackpropFilter',
        8,
        { x: tensor(...x), dy: tensor(...y) },
        { ...attrs, filterShape: filter },
      ),
    ];
  });
}

export const kernelCases: readonly KernelCase[] = [
  ...elementwiseCases(),
  ...reductionCases(),
  ...layoutCases(),
  ...poolCases(),
  ...depthwiseCases(),
];
