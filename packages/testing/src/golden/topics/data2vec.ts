import type { Tensor2D, Tensor3D } from '@jembench/core';
import { data2vec, data2vecTargets } from '@jembench/losses';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const data2vecTopic: GoldenTopic = {
  name: 'data2vec',
  // The means over layers and channels, the sums over channels and tokens.
  tolerance: { precision: 'float32', ulps: 1 },
  run(reader) {
    const depth = reader.param<number>('depth');
    const layers = Array.from({ length: depth }, (_, i) => reader.inputTensor(`layer${i}`) as Tensor3D);
    const targets = data2vecTargets(layers, {
      topK: reader.param<number>('topK'),
      normaliseLayers: reader.param<boolean>('layerNormTargetLayer'),
      normaliseTargets: reader.param<boolean>('layerNormTargets'),
      eps: reader.param<number>('layerNormEps'),
    });
    const inputs = { pred: reader.inputTensor('pred') as Tensor3D };
    const mask = reader.inputTensor('mask') as Tensor2D;
    const options = { beta: reader.param<number>('beta'), scale: reader.param<number>('lossScale') };
    const { total, sum, masked } = data2vec(inputs.pred, targets, mask, options);
    reader.expectArray('targets', targets);
    reader.expectScalar('total', total);
    reader.expectScalar('loss_sum', sum, { error: 'total_rel' });
    reader.expectScalar('sample_size', masked, { exact: true });
    const grads = gradients(inputs, ({ pred }) => data2vec(pred, targets, mask, options).total);
    reader.expectGradient('pred', grads.pred);
  },
};
