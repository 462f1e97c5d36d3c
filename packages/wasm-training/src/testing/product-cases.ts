import type { KernelCase } from './kernel-case.js';
import { tensor, type CaseInput } from './values.js';

const product = (kernel: string, inputs: Record<string, CaseInput>, attrs: Record<string, unknown>): KernelCase => ({
  kernel,
  inputs,
  attrs,
  // Sums in another order than the cpu backend's; blocks of at most 512 terms.
  roundings: 8,
  sums: true,
});

/** op(a) op(b): sizes below, at and above the tile (6 x 8) and the blocks (512 deep, 256 wide, 96 high). */
function matrixCases(): KernelCase[] {
  const sizes = [
    [1, 1, 1],
    [1, 9, 5],
    [5, 7, 3],
    [6, 8, 4],
    [7, 9, 6],
    [12, 16, 64],
    [13, 1, 17],
    [61, 59, 67],
    [97, 31, 515],
    [10, 261, 33],
    [7, 300, 1030],
  ];
  return sizes.flatMap(([m, n, k]) =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) =>
        product(
          'BatchMatMul',
          { a: transposeA ? tensor(k, m) : tensor(m, k), b: transposeB ? tensor(n, k) : tensor(k, n) },
          { transposeA, transposeB },
        ),
      ),
    ),
  );
}

function batchCases(): KernelCase[] {
  const none = { transposeA: false, transposeB: false };
  return [
    product('BatchMatMul', { a: tensor(3, 5, 7), b: tensor(3, 7, 9) }, none),
    product('BatchMatMul', { a: tensor(4, 2, 6, 8), b: tensor(4, 2, 5, 8) }, { transposeA: false, transposeB: true }),
    product('BatchMatMul', { a: tensor(3, 5, 7), b: tensor(1, 7, 9) }, none),
    product('BatchMatMul', { a: tensor(1, 5, 7), b: tensor(3, 7, 9) }, none),
  ];
}

function fusedMatMulCases(): KernelCase[] {
  const none = { transposeA: false, transposeB: false };
  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'];
  return [
    ...activations.flatMap((activation) =>
      [9, 16].map((n) =>
        product(
          '_FusedMatMul',
          { a: tensor(1, 7, 600), b: tensor(1, 600, n), bias: tensor(n) },
          { ...none, activation, leakyreluAlpha: 0.1 },
        ),
      ),
    ),
    product(
      '_FusedMatMul',
      {
        a: tensor(1, 4, 7),
        b: tensor(1, 7, 9),
        bias: tensor(9),
        preluActivationWeights: { shape: [9], range: [0.1, 0.5] },
      },
      { ...none, activation: 'prelu' },
    ),
    product(
      '_FusedMatMul',
      { a: tensor(2, 7, 4), b: tensor(2, 9, 7), bias: tensor(9) },
      { transposeA: true, transposeB: true, activation: 'relu' },
    ),
    product('_FusedMatMul', { a: tensor(1, 4, 7), b: tensor(1, 7, 9) }, { ...none, activation: 'relu' }),
  ];
}

interface Convolution {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number];
  readonly strides?: number | [number, number];
  readonly pad?: unknown;
  readonly dilations?: number | [number, number];
}

const convolutions: Convolution[] = [
  { x: [2, 8, 8, 3], filter: [3, 3, 32], pad: 'same' },
  { x: [2, 9, 7, 5], filter: [3, 3, 7], pad: 'same' },
  { x: [2, 8, 8, 16], filter: [3, 3, 8], pad: 'same', strides: 2 },
  { x: [3, 9, 11, 4], filter: [3, 3, 10], pad: 'same', strides: 2 },
  { x: [2, 9, 11, 6], filter: [3, 3, 10], pad: 'valid', strides: [2, 3] },
  { x: [2, 8, 8, 3], filter: [4, 4, 12], pad: 'valid', strides: 4 },
  { x: [2, 5, 6, 12], filter: [1, 1, 9] },
  { x: [2, 5, 6, 12], filter: [1, 1, 9], strides: 2, pad: 'same' },
  { x: [2, 7, 7, 6], filter: [2, 5, 3], pad: 'same' },
  {
    x: [1, 7, 7, 6],
    filter: [3, 3, 8],
    strides: 2,
    pad: [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  },
  { x: [1, 6, 6, 2], filter: [3, 3, 4], pad: 1 },
  { x: [1, 5, 5, 2], filter: [5, 5, 4], pad: 'valid' },
  { x: [1, 3, 3, 2], filter: [7, 7, 4], pad: 'same' },
  // Fast convolution: more than 16 channels on both sides; odd sizes, paddings, pixels that no window reaches; several blocks of images,
  // images of several blocks.
  { x: [2, 8, 8, 16], filter: [3, 3, 20], pad: 'same' },
  { x: [2, 9, 7, 20], filter: [3, 3, 16], pad: 'same' },
  { x: [5, 8, 8, 16], filter: [3, 3, 32], pad: 'valid' },
  { x: [1, 38, 40, 16], filter: [3, 3, 16], pad: 'same' },
  { x: [3, 16, 16, 32], filter: [3, 3, 16], pad: 'same', strides: 2 },
  { x: [2, 17, 15, 16], filter: [3, 3, 24], pad: 'same', strides: 2 },
  { x: [1, 40, 42, 16], filter: [3, 3, 16], pad: 'valid', strides: 2 },
  {
    x: [2, 13, 13, 16],
    filter: [3, 3, 16],
    strides: 2,
    pad: [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  },
  { x: [1, 12, 12, 16], filter: [3, 3, 16], pad: 1 },
  // More than one block of images; more than one sweep over the filter; one image larger than a block.
  { x: [9, 16, 16, 32], filter: [3, 3, 16], pad: 'same', strides: 2 },
  { x: [1, 4, 4, 512], filter: [3, 3, 40], pad: 'same' },
  { x: [2, 70, 66, 20], filter: [3, 3, 4], pad: 'same' },
];

const dilated: Convolution[] = [
  { x: [2, 9, 9, 3], filter: [3, 3, 8], pad: 'same', dilations: 2 },
  { x: [1, 12, 9, 6], filter: [3, 2, 5], pad: 'valid', dilations: [2, 3] },
];

function convolutionCases(): KernelCase[] {
  const attrsOf = ({ strides = 1, pad = 'valid' }: Convolution): Record<string, unknown> => ({
    strides,
    pad,
    dataFormat: 'NHWC',
    dimRoundingMode: undefined,
  });
  const forward = [...convolutions, ...dilated].map((c) =>
    product(
      'Conv2D',
      { x: tensor(...c.x), filter: tensor(c.filter[0], c.filter[1], c.x[3], c.filter[2]) },
      { ...attrsOf(c), dilations: c.dilations ?? 1 },
    ),
  );
  const gradients = convolutions.flatMap((c) => {
    const filterShape = [c.filter[0], c.filter[1], c.x[3], c.filter[2]];
    const dy = tensor(...outputShape(c));
    return [
      product('Conv2DBackpropInput', { dy, filter: tensor(...filterShape) }, { ...attrsOf(c), inputShape: c.x }),
      product('Conv2DBackpropFilter', { x: tensor(...c.x), dy }, { ...attrsOf(c), filterShape }),
    ];
  });
  const fused = ['linear', 'relu', 'relu6', 'elu'].flatMap((activation) =>
    [...convolutions.slice(0, 4), ...convolutions.filter(({ x }) => x[3] === 20)].map((c) =>
      product(
        'FusedConv2D',
        {
          x: tensor(...c.x),
          filter: tensor(c.filter[0], c.filter[1], c.x[3], c.filter[2]),
          bias: tensor(c.filter[2]),
        },
        { ...attrsOf(c), dilations: 1, activation },
      ),
    ),
  );
  return [...forward, ...gradients, ...fused];
}

function outputShape({ x, filter, strides = 1, pad = 'valid' }: Convolution): number[] {
  const [strideY, strideX] = typeof strides === 'number' ? [strides, strides] : strides;
  const size = (length: number, window: number, stride: number, axis: number): number => {
    if (pad === 'same') return Math.ceil(length / stride);
    const [before, after] = pad === 'valid' ? [0, 0] : typeof pad === 'number' ? [pad, pad] : (pad as number[][])[axis];
    return Math.floor((length + before + after - window) / stride) + 1;
  };
  return [x[0], size(x[1], filter[0], strideY, 1), size(x[2], filter[1], strideX, 2), filter[2]];
}

export const productCases: readonly KernelCase[] = [
  ...matrixCases(),
  ...batchCases(),
  ...fusedMatMulCases(),
  ...convolutionCases(),
];
