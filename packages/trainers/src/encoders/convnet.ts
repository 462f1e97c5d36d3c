import { wire } from '../layers/apply.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import type { Encoder, ImageShape } from './encoder.js';

/** Pixels in [0, 1] brought to about zero mean and unit variance: part of the network, so that its file takes plain images. */
export function rescaled(input: SymbolicTensor): SymbolicTensor {
  return wire(tfl.layers.rescaling({ scale: 4, offset: -2, name: 'rescale' }), input);
}

export interface ConvolutionOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly relu?: boolean;
}

/** Convolution without bias, batch normalisation (torch's eps and momentum), ReLU. */
export function convolution(input: SymbolicTensor, options: ConvolutionOptions): SymbolicTensor {
  const { name, filters, kernel, stride, relu = true } = options;
  const convolved = wire(
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
    input,
  );
  const normalised = wire(batchNormalization(`${name}_norm`), convolved);
  return relu ? wire(tfl.layers.reLU({ name: `${name}_relu` }), normalised) : normalised;
}

/** Batch normalisation with torch's constants; its name says what it follows. */
export function batchNormalization(name: string, affine = true): tfl.layers.Layer {
  return tfl.layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9, scale: affine, center: affine });
}

const widths = [32, 64, 128];

/**
 * Three 3x3 convolutions, 32-64-128 channels with strides 1, 2, 2, and the average over positions: 128 features, 0.09 M weights.
 *
 * Takes images of any size.
 */
export function convnet({ channels }: ImageShape): Promise<Encoder> {
  const input = tfl.input({ shape: [null, null, channels], name: 'images' });
  let x = rescaled(input);
  for (const [i, filters] of widths.entries()) {
    x = convolution(x, { name: `stage${i + 1}`, filters, kernel: 3, stride: i === 0 ? 1 : 2 });
  }
  const features = wire(tfl.layers.globalAveragePooling2d({ name: 'features' }), x);
  const model = tfl.model({ inputs: input, outputs: features, name: 'convnet' });
  return Promise.resolve({ model, features: widths[widths.length - 1], anySize: true });
}
