import { noiseMask, visiblePatches } from '@jembench/augmentations';
import { InputError } from '@jembench/core';
import type { GoldenTopic } from '../topic.js';

/** MAE's masking of given noise: a sort and copies, hence exact. */
export const augmentMaeMasking: GoldenTopic = {
  name: 'augment_mae_masking',
  tolerance: { precision: 'float32', ulps: 0 },
  run(reader) {
    const x = reader.input('x');
    const noise = reader.input('noise');
    const [images, patches] = noise.shape;
    if (x.shape.length !== 3 || x.shape[0] !== images || x.shape[1] !== patches) {
      throw new InputError(
        `${reader.name}: x, got shape [${x.shape.join(', ')}], wanted [${images}, ${patches}, width] as in noise`,
      );
    }
    const mask = noiseMask(noise.data, images, patches, reader.param('maskRatio'));
    const lenKeep = reader.param<number>('lenKeep');
    if (mask.visibleCount !== lenKeep) throw new Error(`keeps ${mask.visibleCount} patches, wanted ${lenKeep}`);
    reader.expectArray('ids_keep', mask.visible);
    reader.expectArray('mask', mask.mask);
    reader.expectArray('ids_restore', mask.restore);
    reader.expectArray('x_masked', visiblePatches(Float32Array.from(x.data), mask), { exact: true });
  },
};
