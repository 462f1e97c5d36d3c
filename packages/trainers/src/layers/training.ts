import {
  batchNorm,
  gelu,
  InputError,
  layerNorm,
  tf,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@jembench/core';
import { addBias, dense } from './affine.js';
import type { BatchStatistics } from './apply.js';
import { inputsOf, isReLU, keepOutputs, onlyFeedsReLU } from './relu.js';
import type { LayersModel, SymbolicTensor, tfl } from './tfl.js';
import { variableOf } from './weights.js';

type Layer = tfl.layers.Layer;

/** What a layer computes in training mode. */
type TrainingCall = (x: Tensor, statistics: BatchStatistics[]) => Tensor;

/**
 * Makes a model ready to be trained here: its stock layers get training-mode calls that are fast and hide no state.
 *
 * Only these objects change, in place. What they compute outside of training, their names and their files stay those of tfjs, and a
 * model that a user brings trains like one of ours:
 *
 * - BatchNormalization normalises by the op of `@jembench/core`, works without scale or centre, and leaves the batch's statistics to the
 *   caller instead of updating its weights in the middle of a gradient. A ReLU that is all there is behind it is computed in the same pass.
 * - The activation GELU is the op of core.
 * - LayerNormalization goes through the op of core too (tfjs tiles its parameters to the size of the input).
 * - Conv2D leaves out the gradient with respect to the images, which tfjs's fused convolution always computes.
 * - Dense adds its bias in the matrix kernel.
 *
 * @throws InputError for a layer that draws random numbers of its own in training (Dropout and the like) or normalises another axis
 *   than the last.
 */
export function preparedForTraining(model: LayersModel): LayersModel {
  keepOutputs(model);
  for (const layer of model.layers) {
    const name = layer.getClassName();
    if (prepared.has(layer)) continue;
    prepared.add(layer);
    if (isModel(layer)) preparedForTraining(layer);
    else if (Object.hasOwn(trainingCalls, name)) install(layer, trainingCalls[name](layer));
    else if (randomLayers.has(name)) {
      throw new InputError(
        `encoder: layer "${layer.name}", got a ${name}, wanted layers without random numbers of their own; ` +
          'they do not follow the seed of the run, take the layer out of the model',
      );
    }
  }
  return model;
}

const trainingCalls: Readonly<Record<string, (layer: Layer) => TrainingCall | undefined>> = {
  Activation: activation,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Conv2D: convolution,
  Dense: linear,
  ReLU: (layer) => (isReLU(layer) ? relu(layer) : undefined),
};

// Two models may share layers.
const prepared = new WeakSet<Layer>();

const randomLayers = new Set([
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'RandomHeight',
  'RandomWidth',
]);

function isModel(layer: Layer): layer is LayersModel {
  return 'layers' in layer;
}

function install(layer: Layer, call: TrainingCall | undefined): void {
  if (call === undefined) return;
  const stock: Layer['call'] = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const context = kwargs as { training?: boolean; statistics?: BatchStatistics[] };
    if (context.training !== true || context.statistics === undefined) return stock(inputs, kwargs);
    return call(Array.isArray(inputs) ? inputs[0] : inputs, context.statistics);
  };
}

/** A layer may be wired more than once, but always behind inputs of one rank. */
function inputRank(layer: Layer): number {
  return (layer.getInputAt(0) as SymbolicTensor).rank;
}

/** The variable behind a weight: values assigned later are seen through it. */
function vector(layer: Layer, name: string): Tensor1D | undefined {
  return variableOf(layer, name)?.read() as Tensor1D | undefined;
}

function kernelOf(layer: Layer): Tensor | undefined {
  return variableOf(layer, 'kernel')?.read();
}

function batchNormalization(layer: Layer): TrainingCall {
  const config = layer.getConfig() as { axis: number; epsilon: number };
  const [gamma, beta] = [vector(layer, 'gamma'), vector(layer, 'beta')];
  if (config.axis !== -1 && config.axis !== inputRank(layer) - 1) {
    throw new InputError(
      `encoder: layer "${layer.name}", got normalisation of axis ${config.axis}, wanted the last axis, the channels; export it as NHWC`,
    );
  }
  return (x, statistics) => {
    const options = { eps: config.epsilon, relu: onlyFeedsReLU(layer) };
    const { y, mean, variance } = batchNorm(x as Tensor4D, gamma, beta, options);
    statistics.push({ layer, mean: tf.keep(mean), variance: tf.keep(variance), count: x.size / mean.size });
    return y;
  };
}

function relu(layer: Layer): TrainingCall {
  const clamped = (input: Layer) => input.getClassName() === 'BatchNormalization' && onlyFeedsReLU(input);
  return (x) => (inputsOf(layer).every(clamped) ? x : tf.relu(x));
}

function activation(layer: Layer): TrainingCall | undefined {
  if (isReLU(layer)) return relu(layer);
  return (layer.getConfig() as { activation: string }).activation === 'gelu' ? (x) => gelu(x) : undefined;
}

function layerNormalization(layer: Layer): TrainingCall | undefined {
  const config = layer.getConfig() as { axis: number | number[]; epsilon: number };
  const [gamma, beta] = [vector(layer, 'gamma'), vector(layer, 'beta')];
  const [axis, ...more] = [config.axis].flat();
  const rank = inputRank(layer);
  if (more.length > 0 || (axis !== -1 && axis !== rank - 1)) return undefined;
  return (x) => layerNorm(x, gamma, beta, { eps: config.epsilon });
}

function convolution(layer: Layer): TrainingCall | undefined {
  const config = layer.getConfig() as {
    activation: string;
    dataFormat: string;
    strides: [number, number];
    padding: 'same' | 'valid';
    dilationRate: [number, number];
  };
  const kernel = kernelOf(layer) as Tensor4D | undefined;
  const bias = vector(layer, 'bias');
  if (kernel === undefined || config.activation !== 'linear' || config.dataFormat === 'channelsFirst') return undefined;
  return (x) => {
    const y = tf.conv2d(x as Tensor4D, kernel, config.strides, config.padding, 'NHWC', config.dilationRate);
    return bias === undefined ? y : addBias(y, bias);
  };
}

function linear(layer: Layer): TrainingCall | undefined {
  const { activation } = layer.getConfig() as { activation: string };
  const kernel = kernelOf(layer) as Tensor2D | undefined;
  const bias = vector(layer, 'bias');
  if (kernel === undefined || activation !== 'linear') return undefined;
  return (x) => dense(x, kernel, bias);
}
