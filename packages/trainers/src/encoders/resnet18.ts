import { wire } from '../layers/apply.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';
import { convolution, rescaled } from './convnet.js';
import type { Encoder, ImageShape } from './encoder.js';

const stages = [64, 128, 256, 512];

/**
 * ResNet-18 with the stem for small images (one 3x3 convolution, stride 1, no pooling): 512 features, 11 M weights.
 *
 * Takes images of any size.
 *
 * @see He et al., arXiv:1512.03385; the stem as in vturrisi/solo-learn@9187ea3 for CIFAR
 */
export function resnet18({ channels }: ImageShape): Promise<Encoder> {
  const input = tfl.input({ shape: [null, null, channels], name: 'images' });
  let x = convolution(rescaled(input), { name: 'stem', filters: stages[0], kernel: 3, stride: 1 });
  for (const [i, filters] of stages.entries()) {
    for (const block of [1, 2]) x = basicBlock(x, `stage${i + 1}_block${block}`, filters, i > 0 && block === 1 ? 2 : 1);
  }
  const features = wire(tfl.layers.globalAveragePooling2d({ name: 'features' }), x);
  const model = tfl.model({ inputs: input, outputs: features, name: 'resnet18' });
  return Promise.resolve({ model, features: stages[stages.length - 1], anySize: true });
}

function basicBlock(x: SymbolicTensor, name: string, filters: number, stride: number): SymbolicTensor {
  const first = convolution(x, { name: `${name}_a`, filters, kernel: 3, stride });
  const second = convolution(first, { name: `${name}_b`, filters, kernel: 3, stride: 1, relu: false });
  const changes = stride !== 1 || x.shape.at(-1) !== filters;
  const shortcut = changes ? convolution(x, { name: `${name}_short`, filters, kernel: 1, stride, relu: false }) : x;
  const sum = wire(tfl.layers.add({ name: `${name}_add` }), [second, shortcut]);
  return wire(tfl.layers.reLU({ name: `${name}_relu` }), sum);
}
