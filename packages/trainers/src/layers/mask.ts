import { tf, type Tensor } from '@jembench/core';
import { tfl } from './tfl.js';

type Shape = (number | null)[];

/** Layers that put one learned vector in the place of what a mask hides; inputs and output have the same shape. */
abstract class Mask extends tfl.layers.Layer {
  #token?: tfl.LayerVariable;

  override build(shapes: Shape[]): void {
    const [values] = shapes;
    this.#token = this.addWeight('mask_token', values.slice(-1), 'float32', tfl.initializers.zeros());
    super.build(shapes);
  }

  override computeOutputShape(shapes: Shape[]): Shape {
    return shapes[0];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    if (this.#token === undefined) throw new Error(`layer ${this.name}: called before it was built`);
    const token = this.#token.read();
    return tf.tidy(() => {
      const [values, mask] = inputs as Tensor[];
      const hidden = this.spread(mask, values.shape);
      return tf.add(tf.mul(values, tf.sub(1, hidden)), tf.mul(hidden, token));
    });
  }

  /** The mask (`[N, T]`, 1 where hidden) over the values but for their channels: `[N, ..., 1]`. */
  protected abstract spread(mask: Tensor, shape: readonly number[]): Tensor;
}

/**
 * Replaces masked patches by one learned vector.
 *
 * Inputs: patches `[N, T, D]` and a mask `[N, T]`, 1 where the patch is hidden.
 */
export class MaskToken extends Mask {
  static className = 'MaskToken';

  protected override spread(mask: Tensor): Tensor {
    return tf.expandDims(mask, -1);
  }
}

/**
 * Replaces the pixels of masked squares by one learned colour.
 *
 * Inputs: images `[N, H, W, C]` and a mask `[N, T]` over the grid of `H / side` by `W / side` squares, row by row, 1 where one is hidden.
 */
export class MaskPixels extends Mask {
  static className = 'MaskPixels';
  readonly #side: number;

  /** @param args.side of a square, in pixels; divides the sides of the images. */
  constructor(args: { readonly side: number; readonly name?: string }) {
    super(args);
    this.#side = args.side;
  }

  protected override spread(mask: Tensor, [count, height, width]: readonly number[]): Tensor {
    const side = this.#side;
    const cells = tf.reshape(mask, [count, height / side, 1, width / side, 1]);
    return tf.reshape(tf.tile(cells, [1, 1, side, 1, side]), [count, height, width, 1]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), side: this.#side };
  }
}
