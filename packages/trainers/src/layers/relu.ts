import type { LayersModel, tfl } from './tfl.js';

type Layer = tfl.layers.Layer;

// The layers whose outputs leave a model that was prepared for training.
const lastLayers = new WeakSet<Layer>();

/** Keeps the outputs of the model as they are: what leaves it is not clamped ahead of a ReLU. */
export function keepOutputs(model: LayersModel): void {
  for (const layer of model.outputLayers) lastLayers.add(layer);
}

/** Whether the layer is `max(x, 0)`, no more. */
export function isReLU(layer: Layer): boolean {
  const { activation, maxValue } = layer.getConfig() as { activation?: string; maxValue?: number | null };
  const name = layer.getClassName();
  return name === 'Activation' ? activation === 'relu' : name === 'ReLU' && (maxValue ?? null) === null;
}

/**
 * Whether all that sees the output of the layer are ReLUs: then it may clamp the output itself, and they pass it on.
 *
 * Asked at every call, because a layer may be wired to others at any time.
 */
export function onlyFeedsReLU(layer: Layer): boolean {
  const readers = layer.outboundNodes.map((node) => node.outboundLayer);
  return readers.length > 0 && readers.every(isReLU) && !lastLayers.has(layer);
}

/** The layers that the layer takes its inputs from. */
export function inputsOf(layer: Layer): Layer[] {
  return layer.inboundNodes.flatMap((node) => node.inboundLayers);
}
