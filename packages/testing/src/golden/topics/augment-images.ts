import {
  brightness,
  colourAdjustment,
  contrast,
  gaussianBlur,
  grayscale,
  horizontalFlip,
  hue,
  normalise,
  resizedCrop,
  saturation,
  solarise,
  type BlurPadding,
  type ColourOperation,
  type CropBox,
} from '@jembench/augmentations';
import { InputError, tf, type ImageBatch } from '@jembench/core';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';

/** A topic of image operations: `params.op` names the operation, `image` or `images` go in and come out. */
export function imageTopic(name: string): GoldenTopic {
  return {
    name,
    // A pixel depends on few others and is rounded to float32 once an operation, so its error does not grow with the image as the unit
    // of a floor does: half a unit is 1.7e-6 of the largest value at 32 x 32 x 3, and still four roundings for a 5 x 5 image.
    tolerance: { precision: 'float32', ulps: 0.5 },
    run(reader) {
      const op = reader.param<string>('op');
      if (!Object.hasOwn(operations, op)) {
        const known = Object.keys(operations).join(', ');
        throw new InputError(`${reader.name}: params.op, got "${op}", wanted one of ${known}`);
      }
      const batched = reader.has('inputs', 'images');
      const { data, count, height, width, channels } = operations[op](inputImages(reader, batched), reader);
      const shape = [height, width, channels];
      if (batched) reader.expectArray('images', tf.tensor(data, [count, ...shape]));
      else reader.expectArray('image', tf.tensor(data, shape));
    },
  };
}

const operations: Readonly<Record<string, (images: ImageBatch, reader: CaseReader) => ImageBatch>> = {
  resized_crop(images, reader) {
    fixedParam(reader, 'interpolation', 'bilinear');
    fixedParam(reader, 'alignCorners', false);
    return resizedCrop(images, boxes(reader), { size: reader.param('size'), antialias: reader.param('antialias') });
  },
  hflip: (images, reader) => horizontalFlip(images, reader.optionalParam<boolean | readonly boolean[]>('flip', true)),
  brightness: (images, reader) => brightness(images, factors(reader)),
  contrast: (images, reader) => contrast(images, factors(reader)),
  saturation: (images, reader) => saturation(images, factors(reader)),
  hue: (images, reader) => hue(images, factors(reader)),
  chain(images, reader) {
    const amounts = reader.param<readonly number[]>('factors');
    const order = reader.param<readonly ColourOperation[]>('order');
    return colourAdjustment(
      images,
      order.map((operation, i) => ({ operation, amount: amounts[i] })),
    );
  },
  grayscale: (images, reader) => grayscale(images, { channels: reader.optionalParam<1 | 3>('channels', 3) }),
  solarize: (images, reader) => solarise(images, { threshold: reader.param('threshold') }),
  normalise: (images, reader) => normalise(images, { mean: reader.param('mean'), std: reader.param('std') }),
  gaussian_blur(images, reader) {
    // In words what taps and padding say in numbers.
    reader.optionalParam('convention', '');
    const padding = reader.param<BlurPadding>('padding');
    return gaussianBlur(images, reader.param('sigma'), { taps: reader.param('taps'), padding });
  },
};

function inputImages(reader: CaseReader, batched: boolean): ImageBatch {
  const { data, shape } = reader.input(batched ? 'images' : 'image');
  if (shape.length !== (batched ? 4 : 3)) {
    const wanted = batched ? '[count, height, width, channels]' : '[height, width, channels]';
    throw new InputError(`${reader.name}: image, got shape [${shape.join(', ')}], wanted ${wanted}`);
  }
  const [count, height, width, channels] = batched ? shape : [1, ...shape];
  return { data: Float32Array.from(data), count, height, width, channels };
}

/** One factor for all images, or `factors`, one for each. */
function factors(reader: CaseReader): number | readonly number[] {
  return reader.param<number | readonly number[]>(reader.has('params', 'factors') ? 'factors' : 'factor');
}

function boxes(reader: CaseReader): CropBox | readonly CropBox[] {
  if (!reader.has('params', 'boxes_top_left_height_width')) {
    return {
      top: reader.param('top'),
      left: reader.param('left'),
      height: reader.param('height'),
      width: reader.param('width'),
    };
  }
  const rows = reader.param<readonly (readonly number[])[]>('boxes_top_left_height_width');
  return rows.map(([top, left, height, width]) => ({ top, left, height, width }));
}

/** Refuses a parameter whose other values we do not compute. */
function fixedParam(reader: CaseReader, key: string, wanted: string | boolean): void {
  const got = reader.optionalParam<string | boolean>(key, wanted);
  if (got !== wanted) {
    throw new InputError(`${reader.name}: params.${key}, got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }
}
