import { rootStream, type ImageBatch } from '@jembench/core';
import { bench, describe } from 'vitest';
import { viewPresets } from './presets.js';
import { randomView } from './view.js';

// Run with `npx vitest bench --root . --config ../../vitest.config.ts`. A batch of 100 images of 32 x 32 x 3 on one core: images per
// second are the "hz" column times 100.
const stream = rootStream(1);
const data = Float32Array.from({ length: 100 * 32 * 32 * 3 }, () => stream.uniform());
const images: ImageBatch = { data, count: 100, height: 32, width: 32, channels: 3 };

describe('a view of 100 images', () => {
  for (const [name, [first]] of Object.entries(viewPresets)) {
    const view = randomView(first);
    let step = 0;
    bench(name, () => {
      view(images, stream.fork('step').fork(step++));
    });
  }
});
