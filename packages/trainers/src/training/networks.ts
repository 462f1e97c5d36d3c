import { InputError, ShapeError, tf, type Stream, type Tensor, type Tensor2D, type Tensor3D } from '@jembench/core';
import type { Encoder, EncoderSource, ImageShape } from '../encoders/encoder.js';
import { outputsOf, type BatchStatistics } from '../layers/apply.js';
import { initialise } from '../layers/initialise.js';
import type { LayersModel } from '../layers/tfl.js';
import { preparedForTraining } from '../layers/training.js';
import { namedWeights, type NamedWeight } from '../layers/weights.js';
import type { Outputs } from '../methods/define.js';
import type { NetworkPlan } from '../methods/kit.js';

/** An encoder and the networks behind it, one fed by the other. */
export interface Networks {
  readonly encoder: Encoder;
  /** In order: the first takes the features. */
  readonly heads: ReadonlyMap<string, LayersModel>;
  /** All weights: the encoder's under `backbone/`, then the heads' under their names, each in the order of its layers. */
  readonly weights: readonly NamedWeight[];
}

export interface NetworkSource {
  readonly source: EncoderSource;
  readonly image: ImageShape;
  /** Asked once the encoder is there. */
  readonly plans: (encoder: Encoder) => Readonly<Record<string, NetworkPlan>>;
  /** Whether the encoder is to hide patches. */
  readonly masked: boolean;
  /** The heads to build; all by default. Must be a beginning of the plans. */
  readonly only?: readonly string[];
  /** Weights are drawn from here, each from a stream of its own: the same stream gives the same networks. */
  readonly stream: Stream;
}

/** @throws InputError for a method of patches on an encoder without. */
export async function buildNetworks(from: NetworkSource): Promise<Networks> {
  const { source, masked, stream } = from;
  if (masked && !source.hasPatches) {
    throw new InputError(
      `encoder ${source.name}: has no patches to hide, wanted one made of patches; use vit, convnet or resnet18 with this method`,
    );
  }
  const encoder = await source.build(from.image);
  if (masked && encoder.patches === undefined) {
    const { height, width } = from.image;
    throw new ShapeError(
      `encoder ${source.name}: image of ${height}x${width} pixels does not divide into patches, wanted sides that are multiples of 8; resize the data set`,
    );
  }
  const bodies = [preparedForTraining(encoder.model)];
  if (masked && encoder.patches !== undefined) bodies.push(preparedForTraining(encoder.patches.model));
  if (source.initialised) for (const body of bodies) initialise(body, stream.fork('backbone'));

  let shape: readonly number[] = [encoder.features];
  if (masked && encoder.patches !== undefined)
    shape = [encoder.patches.grid[0] * encoder.patches.grid[1], encoder.patches.width];
  const heads = new Map<string, LayersModel>();
  for (const [name, plan] of Object.entries(from.plans(encoder))) {
    if (from.only !== undefined && !from.only.includes(name)) break;
    const head = preparedForTraining(plan(name, shape));
    initialise(head, stream.fork(name));
    heads.set(name, head);
    shape = head.outputShape.slice(1) as number[];
  }
  return { encoder, heads, weights: allWeights(bodies, heads) };
}

function allWeights(bodies: readonly LayersModel[], heads: ReadonlyMap<string, LayersModel>): NamedWeight[] {
  const weights = new Map<string, NamedWeight>();
  // The second body repeats the first one's layers and adds the mask token.
  for (const body of bodies) for (const weight of namedWeights('backbone', body)) weights.set(weight.name, weight);
  for (const [name, head] of heads) for (const weight of namedWeights(name, head)) weights.set(weight.name, weight);
  return [...weights.values()];
}

/** Frees all weights, also those of parts that the method does not use (a mask token). */
export function disposeNetworks({ encoder, heads }: Networks): void {
  const models = [encoder.model, ...(encoder.patches ? [encoder.patches.model] : []), ...heads.values()];
  // Two models may share a variable.
  const variables = new Set(models.flatMap((model) => namedWeights('', model).map(({ variable }) => variable)));
  for (const variable of variables) variable.dispose();
}

export interface ForwardOptions {
  /** Views of one size through the networks together. */
  readonly joint: boolean;
  /** Where batch normalisation leaves what it saw: training mode. Without it: inference mode. */
  readonly statistics?: BatchStatistics[];
}

/** The outputs of all networks for each view. */
export function forward(
  networks: Networks,
  views: readonly Tensor[],
  { joint, statistics }: ForwardOptions,
): Outputs[] {
  if (!joint) return views.map((view) => chain(networks, view, statistics));
  return groupsOfOneSize(views).flatMap((group) => {
    if (group.length === 1) return [chain(networks, group[0], statistics)];
    return split(chain(networks, tf.concat([...group], 0), statistics), group.length);
  });
}

function chain({ encoder, heads }: Networks, view: Tensor, statistics?: BatchStatistics[]): Outputs {
  let [last] = outputsOf(encoder.model, view, statistics);
  const outputs: Record<string, Tensor> = { features: last };
  for (const [name, head] of heads) {
    [last] = outputsOf(head, last, statistics);
    outputs[name] = last;
  }
  return outputs as Record<string, Tensor2D>;
}

function groupsOfOneSize(views: readonly Tensor[]): Tensor[][] {
  const groups: Tensor[][] = [];
  for (const view of views) {
    const group = groups.at(-1);
    if (group?.[0].shape.join() === view.shape.join()) group.push(view);
    else groups.push([view]);
  }
  return groups;
}

function split(outputs: Outputs, parts: number): Outputs[] {
  const pieces = Array.from({ length: parts }, (): Record<string, Tensor2D> => ({}));
  for (const [name, output] of Object.entries(outputs)) {
    for (const [i, piece] of tf.split<Tensor2D>(output, parts, 0).entries()) pieces[i][name] = piece;
  }
  return pieces;
}

/** What patches come to. */
export interface PatchOutputs {
  /** `[N, T, D]` of each block. */
  readonly blocks: readonly Tensor3D[];
  /** `[N, T, D]` of the last head; of the last block without heads. */
  readonly last: Tensor3D;
}

/** One view through the patches of an encoder, those of the mask (`[N, T]`, 1) hidden. */
export function forwardPatches(
  networks: Networks,
  view: Tensor,
  mask: Tensor2D,
  statistics?: BatchStatistics[],
): PatchOutputs {
  const { patches } = networks.encoder;
  if (patches === undefined)
    throw new InputError('forwardPatches: an encoder without patches, wanted one such as vit or convnet');
  const blocks = outputsOf(patches.model, [view, mask], statistics);
  let last = blocks[blocks.length - 1];
  for (const head of networks.heads.values()) [last] = outputsOf(head, last, statistics);
  return { blocks: blocks as Tensor3D[], last: last as Tensor3D };
}
