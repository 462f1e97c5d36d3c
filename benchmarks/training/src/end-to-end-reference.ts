import { convnetOnTape, eps } from './convnet.js';
import { layersOf, type EndToEndInputs } from './end-to-end-inputs.js';
import type { Values } from './inputs.js';
import { Tape, type Node } from './tape.js';
import { vicregLoss, type LossWeights } from './vicreg-loss.js';

/** Loss and the gradient of the first layer, in float64. */
export function endToEndReference({ plan, images: views, weights }: EndToEndInputs) {
  const [, H, W, C] = views[0].shape;
  const tape = new Tape();
  const { first, features } = convnetOnTape(tape, weights, { H, W, C });
  const matrix = (weight: string, rows: number, units: number): Node => tape.weight(weights[weight].data, rows, units);
  const layers = layersOf(plan).map(({ name, inputs, units, norm }) => ({
    filter: matrix(`${name}/kernel`, inputs, units),
    norm: norm && { gamma: matrix(`${norm}/gamma`, 1, units), beta: matrix(`${norm}/beta`, 1, units) },
  }));
  const embedded = (view: Values): Node =>
    layers.reduce((x, { filter, norm }) => {
      const product = tape.product(x, filter);
      return norm ? tape.relu(tape.batchNorm(product, norm.gamma, norm.beta, eps)) : product;
    }, features(view));
  const [a, b] = views.map(embedded);
  const loss = vicregLoss(tape, a, b, plan.values as unknown as LossWeights);
  tape.differentiate(loss);
  return { loss: loss.data[0], gradient: first.slope ?? new Float64Array() };
}
