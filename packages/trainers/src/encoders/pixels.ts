import { wire } from '../layers/apply.js';
import { tfl } from '../layers/tfl.js';
import type { Encoder, ImageShape } from './encoder.js';
import { rescaled } from './rescaled.js';

/** The pixels themselves, in a row: nothing to train, the reference that an encoder has to beat. */
export function pixels({ height, width, channels }: ImageShape): Promise<Encoder> {
  const input = tfl.input({ shape: [height, width, channels], name: 'images' });
  const features = wire(tfl.layers.flatten({ name: 'features' }), rescaled(input));
  const model = tfl.model({ inputs: input, outputs: features, name: 'pixels' });
  return Promise.resolve({ model, features: height * width * channels, anySize: false });
}
