import { l2Normalise, tf, type Tensor, type Tensor2D } from '@jembench/core';
import { tfl } from './tfl.js';

type Shape = (number | null)[];

function only(inputs: Tensor | Tensor[]): Tensor2D {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor2D;
}

/** Rows of unit length: `x / max(|x|, 1e-12)`. */
export class L2Normalise extends tfl.layers.Layer {
  static className = 'L2Normalise';

  override call(inputs: Tensor | Tensor[]): Tensor {
    return l2Normalise(only(inputs));
  }
}

export interface WeightNormalisedArgs {
  readonly units: number;
  readonly name?: string;
}

/**
 * A dense layer without bias whose kernel columns have unit length: `[N, D] -> [N, K]`, `x (v / |v|)`.
 *
 * The length is normalised inside the layer, so that the gradient runs through it: DINO's last layer with its gain fixed at 1.
 */
export class WeightNormalised extends tfl.layers.Layer {
  static className = 'WeightNormalised';
  readonly #units: number;
  #kernel?: tfl.LayerVariable;

  constructor(args: WeightNormalisedArgs) {
    super(args);
    this.#units = args.units;
  }

  override build(shape: Shape): void {
    this.#kernel = this.addWeight('kernel', [shape[1], this.#units], 'float32', tfl.initializers.ones());
    super.build(shape);
  }

  override computeOutputShape(shape: Shape): Shape {
    return [shape[0], this.#units];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const kernel = this.#kernel?.read() as Tensor2D;
      return tf.matMul(only(inputs), l2Normalise(tf.transpose(kernel)), false, true);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.#units };
  }
}
