import type { LayersModel } from '../layers/tfl.js';

/** The sizes of the images that a network will see. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  /** 1 (gray) or 3 (RGB). */
  readonly channels: number;
}

/** A freshly wired network; its weights are still those of the constructors or of its file. */
export interface Encoder {
  /** `[N, height, width, channels]` in [0, 1] -> features `[N, F]`. */
  readonly model: LayersModel;
  /** F. */
  readonly features: number;
  /** Whether it takes images of other sizes than the data set's, as multi-crop's local views are. */
  readonly anySize: boolean;
  /** What an encoder made of patches, for images that divide into them, offers beside its features. */
  readonly patches?: PatchEncoder;
}

/** The inside of a transformer, or the last feature map of a network of convolutions, on the same weights as the encoder's model. */
export interface PatchEncoder {
  /** Patches down and across. */
  readonly grid: readonly [number, number];
  /**
   * `[images, mask [N, T]] -> the output of each block, [N, T, D]`; 1 in the mask hides a patch. Its layers are those of the encoder's
   * model plus the mask token.
   */
  readonly model: LayersModel;
  readonly width: number;
  /** Whether a patch knows of its surroundings only, as in a map of convolutions; in a transformer it knows of all others. */
  readonly local: boolean;
}

/** Builds an encoder; a name in the table below, or a user's model. */
export interface EncoderSource {
  readonly name: string;
  /** Whether what it builds is known to take images of any size; a user's file tells once it is read. */
  readonly anySize: boolean;
  /** Whether `build` gives `patches`, for images that divide into them. */
  readonly hasPatches: boolean;
  /** Whether fresh weights are drawn from the run's seed (a user's file brings its own). */
  readonly initialised: boolean;
  build(shape: ImageShape): Promise<Encoder>;
}
