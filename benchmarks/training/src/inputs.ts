import { rootStream, type Stream } from '@jembench/core';
import type { PeerTensor, Shape } from '@jembench/harness';

/** Values of one array, row-major. */
export interface Values extends PeerTensor {
  readonly data: Float32Array;
}

/** What a step sees: images in [0, 1] `[N, H, W, C]`, what their features should be `[N, F]`, and the weights before it by their names. */
export interface StepInputs {
  readonly images: Values;
  readonly target: Values;
  readonly weights: Readonly<Record<string, Values>>;
}

/** A weight of a network: uniform in +-bound around a centre. */
export interface WeightPlan {
  readonly shape: readonly number[];
  readonly centre: number;
  readonly bound: number;
}

/** Kernels and biases within 1 / sqrt(fan-in). */
export const kernel = (...shape: number[]): WeightPlan => ({ shape, centre: 0, bound: 1 / Math.sqrt(fanIn(shape)) });
export const bias = (units: number, inputs: number): WeightPlan => ({
  shape: [units],
  centre: 0,
  bound: 1 / Math.sqrt(inputs),
});
/** Scales and offsets of a norm: not 1 and 0, which would hide their mistakes. */
export const scale = (units: number): WeightPlan => ({ shape: [units], centre: 1, bound: 0.2 });
export const offset = (units: number): WeightPlan => ({ shape: [units], centre: 0, bound: 0.2 });

const fanIn = (shape: readonly number[]): number => shape.slice(0, -1).reduce((product, size) => product * size, 1);

/** The same numbers for the same name and shape, always. */
export function stepInputs(
  name: string,
  { N, H, W, C }: Shape,
  features: number,
  plans: Readonly<Record<string, WeightPlan>>,
): StepInputs {
  const stream = rootStream(0).fork(name).fork(`${N}x${H}x${W}x${C}`);
  return {
    images: drawn([N, H, W, C], stream.fork('images'), (from) => from.uniform()),
    target: drawn([N, features], stream.fork('target'), (from) => from.normal()),
    weights: drawnWeights(plans, stream),
  };
}

/** Weights by their names, each from a stream of its own. */
export const drawnWeights = (plans: Readonly<Record<string, WeightPlan>>, stream: Stream): Record<string, Values> =>
  Object.fromEntries(
    Object.entries(plans).map(([weight, { shape, centre, bound }]) => [
      weight,
      drawn(shape, named(stream, weight), (from) => centre + (2 * from.uniform() - 1) * bound),
    ]),
  );

const named = (stream: Stream, path: string): Stream => path.split('/').reduce((at, part) => at.fork(part), stream);

function drawn(shape: readonly number[], stream: Stream, next: (stream: Stream) => number): Values {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, () => next(stream)) };
}
