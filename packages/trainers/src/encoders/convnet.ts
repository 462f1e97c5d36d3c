import { wire } from '../layers/apply.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import type { Encoder, ImageShape } from './encoder.js';
import { mapPatches } from './map-patches.js';
import { rescaled } from './rescaled.js';

export interface ConvolutionOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly relu?: boolean;
}

/** Convolution without bias, batch normalisation (torch's eps and momentum), ReLU. */
export function convolutionLayers(options: ConvolutionOptions): tfl.layers.Layer[] {
  const { name, filters, kernel, stride, relu = true } = options;
  return [
    tfl.layers.conv2d({
      name: `${name}_conv`,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding: 'same',
      useBias: false,
      // Weights are drawn by initialise(); zeros cost nothing here, and nothing when the file is loaded.
      kernelInitializer: 'zeros',
    }),
    batchNormalization(`${name}_norm`),
    ...(relu ? [tfl.layers.reLU({ name: `${name}_relu` })] : []),
  ];
}

/** The same, made once and wired wherever it is called. */
export function convolution(options: ConvolutionOptions): (input: SymbolicTensor) => SymbolicTensor {
  const layers = convolutionLayers(options);
  return (input) => layers.reduce((x, layer) => wire(layer, x), input);
}

/** Batch normalisation with torch's constants; its name says what it follows. */
export function batchNormalization(name: string, affine = true): tfl.layers.Layer {
  return tfl.layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9, scale: affine, center: affine });
}

const widths = [32, 64, 128];
const strides = [1, 2, 2];

/**
 * Three 3x3 convolutions, 32-64-128 channels with strides 1, 2, 2, and the average over positions: 128 features, 0.09 M weights.
 *
 * Takes images of any size. Its patches are the 4x4 squares of pixels under the cells of the last map.
 */
export function convnet(shape: ImageShape): Promise<Encoder> {
  const input = tfl.input({ shape: [null, null, shape.channels], name: 'images' });
  const stages = widths.map((filters, i) =>
    convolution({ name: `stage${i + 1}`, filters, kernel: 3, stride: strides[i] }),
  );
  const map = (x: SymbolicTensor): SymbolicTensor => stages.reduce((from, stage) => stage(from), x);
  const features = wire(tfl.layers.globalAveragePooling2d({ name: 'features' }), map(rescaled(input)));
  const model = tfl.model({ inputs: input, outputs: features, name: 'convnet' });
  const width = widths[widths.length - 1];
  const patches = mapPatches(shape, { name: 'convnet', map, side: 4, width });
  return Promise.resolve({ model, features: width, anySize: true, patches });
}
