import { wire } from '../layers/apply.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import { convolution } from './convnet.js';
import type { Encoder, ImageShape } from './encoder.js';
import { mapPatches } from './map-patches.js';
import { rescaled } from './rescaled.js';

const stages = [64, 128, 256, 512];

type Piece = (x: SymbolicTensor) => SymbolicTensor;

/**
 * ResNet-18 with the stem for small images (one 3x3 convolution, stride 1, no pooling): 512 features, 11 M weights.
 *
 * Takes images of any size. Its patches are the 8x8 squares of pixels under the cells of the last map.
 *
 * @see He et al., arXiv:1512.03385; the stem as in vturrisi/solo-learn@9187ea3 for CIFAR
 */
export function resnet18(shape: ImageShape): Promise<Encoder> {
  const input = tfl.input({ shape: [null, null, shape.channels], name: 'images' });
  const pieces = [convolution({ name: 'stem', filters: stages[0], kernel: 3, stride: 1 })];
  for (const [i, filters] of stages.entries()) {
    const grows = i > 0;
    pieces.push(basicBlock(`stage${i + 1}_block1`, filters, grows), basicBlock(`stage${i + 1}_block2`, filters, false));
  }
  const map: Piece = (x) => pieces.reduce((from, piece) => piece(from), x);
  const features = wire(tfl.layers.globalAveragePooling2d({ name: 'features' }), map(rescaled(input)));
  const model = tfl.model({ inputs: input, outputs: features, name: 'resnet18' });
  const width = stages[stages.length - 1];
  const patches = mapPatches(shape, { name: 'resnet18', map, side: 8, width });
  return Promise.resolve({ model, features: width, anySize: true, patches });
}

/** @param grows whether it halves the sides and doubles the channels. */
function basicBlock(name: string, filters: number, grows: boolean): Piece {
  const stride = grows ? 2 : 1;
  const first = convolution({ name: `${name}_a`, filters, kernel: 3, stride });
  const second = convolution({ name: `${name}_b`, filters, kernel: 3, stride: 1, relu: false });
  const shortcut: Piece = grows
    ? convolution({ name: `${name}_short`, filters, kernel: 1, stride, relu: false })
    : (x) => x;
  const add = tfl.layers.add({ name: `${name}_add` });
  const clamp = tfl.layers.reLU({ name: `${name}_relu` });
  return (x) => wire(clamp, wire(add, [second(first(x)), shortcut(x)]));
}
