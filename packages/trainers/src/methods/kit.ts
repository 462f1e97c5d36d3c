import { batchNormalization, convolutionLayers } from '../encoders/convnet.js';
import type { Encoder, PatchEncoder } from '../encoders/encoder.js';
import { wire } from '../layers/apply.js';
import { registerLayers } from '../layers/files.js';
import { L2Normalise, WeightNormalised } from '../layers/heads.js';
import { tfl, type LayersModel } from '../layers/tfl.js';

/** Wires up a small network for inputs of that shape (without the batch): `[D]`, or `[T, D]` for patches. */
export type NetworkPlan = (name: string, inputShape: readonly number[]) => LayersModel;

export interface MlpOptions {
  /** Batch normalisation behind every hidden layer; true by default. */
  readonly norm?: boolean;
  readonly activation?: 'relu' | 'gelu';
  /** Whether the dense layers before a norm have a bias; false by default, as the norm takes it out again. */
  readonly hiddenBias?: boolean;
  /** Whether the last layer has a bias; true by default, never with a norm behind it. */
  readonly lastBias?: boolean;
  /** A batch normalisation behind the last layer; none by default. */
  readonly lastNorm?: 'none' | 'affine' | 'no-affine';
}

/** What methods build their networks of. */
export interface Kit {
  /** F, the width of the encoder's features. */
  readonly features: number;
  readonly classes: number;
  /** Dense layers of these widths; the hidden ones with norm and activation. */
  mlp(widths: readonly number[], options?: MlpOptions): NetworkPlan;
  /** One dense layer; over each patch where the input is patches. */
  linear(units: number): NetworkPlan;
  /**
   * For patches: what may be said of one from those around it, `units` values each. One dense layer where the encoder has already looked
   * at all patches; where it is of convolutions, `convolutions` of 3x3 over their grid come first, with norm and ReLU.
   */
  decoder(convolutions: number, units: number): NetworkPlan;
  /** Cosine scores against `count` prototypes: the input's rows made unit, times a kernel `[D, count]` without bias. */
  prototypes(count: number): NetworkPlan;
  /** The same with the kernel's columns made unit inside the layer (weight normalisation, gain 1). */
  weightNormalised(count: number): NetworkPlan;
}

export function kit({ features, classes, patches }: KitSizes): Kit {
  return {
    features,
    classes,
    mlp: (widths, options = {}) => sequence(() => mlpLayers(widths, options)),
    linear: (units) => sequence(() => [dense('fc', units, true)]),
    decoder: (convolutions, units) =>
      sequence(() => [
        ...(patches?.local === true ? surroundings(patches, convolutions, units) : []),
        dense('fc', units, true),
      ]),
    prototypes: (count) => sequence(() => [new L2Normalise({ name: 'unit' }), dense('scores', count, false)]),
    weightNormalised: (count) =>
      sequence(() => [new L2Normalise({ name: 'unit' }), new WeightNormalised({ name: 'scores', units: count })]),
  };
}

type KitSizes = Pick<Encoder, 'features' | 'patches'> & { readonly classes: number };

function sequence(layers: () => tfl.layers.Layer[]): NetworkPlan {
  return (name, inputShape) => {
    registerLayers();
    const input = tfl.input({ shape: [...inputShape], name: 'input' });
    return tfl.model({ inputs: input, outputs: layers().reduce((x, layer) => wire(layer, x), input), name });
  };
}

function mlpLayers(widths: readonly number[], options: MlpOptions): tfl.layers.Layer[] {
  const { norm = true, activation = 'relu', hiddenBias = !norm, lastBias = true, lastNorm = 'none' } = options;
  return widths.flatMap((units, i) => {
    const number = i + 1;
    if (i === widths.length - 1) {
      const last = dense(`fc${number}`, units, lastBias && lastNorm === 'none');
      return lastNorm === 'none' ? [last] : [last, batchNormalization(`norm${number}`, lastNorm === 'affine')];
    }
    return [
      dense(`fc${number}`, units, hiddenBias),
      ...(norm ? [batchNormalization(`norm${number}`)] : []),
      tfl.layers.activation({ name: `${activation}${number}`, activation }),
    ];
  });
}

/** Convolutions over the grid of the patches: `[T, D] -> [T, units]`. */
function surroundings({ grid, width }: PatchEncoder, convolutions: number, units: number): tfl.layers.Layer[] {
  if (convolutions === 0) return [];
  const layers = Array.from({ length: convolutions }, (_, i) =>
    convolutionLayers({ name: `near${i + 1}`, filters: units, kernel: 3, stride: 1 }),
  );
  return [
    tfl.layers.reshape({ name: 'grid', targetShape: [...grid, width] }),
    ...layers.flat(),
    tfl.layers.reshape({ name: 'patches', targetShape: [grid[0] * grid[1], units] }),
  ];
}

function dense(name: string, units: number, useBias: boolean): tfl.layers.Layer {
  return tfl.layers.dense({ name, units, useBias, kernelInitializer: 'zeros' });
}
