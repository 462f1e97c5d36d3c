import { batchNorm, rootStream, tf, useBackend, type Tensor } from '@jembench/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encoders } from '../encoders/index.js';
import { kit } from '../methods/kit.js';
import { outputsOf, type BatchStatistics } from './apply.js';
import { addBias, dense } from './affine.js';
import { loadNetwork, modelArtifacts } from './files.js';
import { initialise } from './initialise.js';
import { tfl } from './tfl.js';
import { preparedForTraining } from './training.js';
import { absorbStatistics, namedWeights, variableOf } from './weights.js';

beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
});

const values = (x: Tensor): number[] => Array.from(x.dataSync());

describe('kit', () => {
  it('has a decoder that looks around where patches are local, and at each by itself where they are not', async () => {
    const image = { height: 12, width: 8, channels: 3 };
    for (const [name, local] of [
      ['convnet', true],
      ['vit', false],
    ] as const) {
      const decoder = kit({ ...(await encoders[name].build(image)), classes: 2 }).decoder(1, 5)('decoder', [6, 128]);
      initialise(decoder, rootStream(1));
      const says = (first: number) =>
        values(
          tf.slice(
            decoder.predict(tf.concat([tf.fill([1, 1, 128], first), tf.ones([1, 5, 128])], 1)) as Tensor,
            [0, 3, 0],
            [1, 1, 5],
          ),
        );
      expect(decoder.outputShape).toEqual([null, 6, 5]);
      // The fourth patch lies beside the first, one row and one column on.
      if (local) expect(says(0)).not.toEqual(says(1));
      else expect(says(0)).toEqual(says(1));
    }
  });
});

describe('initialise', () => {
  const fresh = (seed: number) => {
    const model = kit({ features: 4, classes: 2 }).mlp([8, 3])('head', [4]);
    initialise(model, rootStream(seed));
    return namedWeights('head', model);
  };

  it('draws kernels and biases from the uniform of torch, and leaves norms at 1 and 0', () => {
    for (const { name, variable } of fresh(1)) {
      const numbers = values(variable);
      if (name === 'head/fc1/kernel') expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(4));
      else if (name.startsWith('head/fc2'))
        expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(8));
      else if (/gamma|variance/.test(name)) expect(new Set(numbers)).toEqual(new Set([1]));
      else expect(new Set(numbers)).toEqual(new Set([0]));
    }
  });

  it('depends on the seed, 0 included, and on nothing else', () => {
    const kernel = (seed: number) => values(fresh(seed)[0].variable);
    expect(kernel(0)).toEqual(kernel(0));
    expect(kernel(0)).not.toEqual(kernel(1));
  });

  it('gives every weight a name that does not depend on what was built before', () => {
    const names = [
      'fc1/kernel',
      'norm1/gamma',
      'norm1/beta',
      'norm1/moving_mean',
      'norm1/moving_variance',
      'fc2/kernel',
      'fc2/bias',
    ];
    for (const round of [1, 2])
      expect(fresh(round).map(({ name }) => name)).toEqual(names.map((name) => `head/${name}`));
  });
});

describe('batch normalisation in training', () => {
  const normed = () => {
    const input = tfl.input({ shape: [2] });
    const layer = tfl.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 });
    return preparedForTraining(tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor }));
  };
  const x = () => tf.tensor2d([0, 10, 2, 30], [2, 2]);

  it('normalises by the batch and leaves the running statistics to the caller', () => {
    const model = normed();
    const statistics: BatchStatistics[] = [];
    const [y] = outputsOf(model, x(), statistics);
    values(y).forEach((value, i) => {
      expect(value).toBeCloseTo(i < 2 ? -1 : 1, 4);
    });
    expect(values(variableOf(model.layers[1], 'moving_mean')?.read() as Tensor)).toEqual([0, 0]);
    // Means 1 and 20; unbiased variances 2 and 200.
    absorbStatistics(statistics);
    const running = ['moving_mean', 'moving_variance'].map((name) =>
      values(variableOf(model.layers[1], name)?.read() as Tensor),
    );
    [0.1, 2, 1.1, 20.9].forEach((wanted, i) => {
      expect(running.flat()[i]).toBeCloseTo(wanted, 5);
    });
    expect(statistics).toEqual([]);
  });

  it('uses the running statistics outside of training, as tfjs does', () => {
    const [y] = outputsOf(normed(), x());
    values(y).forEach((value, i) => {
      expect(value).toBeCloseTo([0, 10, 2, 30][i], 3);
    });
  });
});

describe('a ReLU behind a batch normalisation', () => {
  const { batchNormalization, concatenate, reLU } = tfl.layers;
  const on = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const image = () =>
    tf.tensor4d(
      Float32Array.from({ length: 90 }, (_, i) => Math.sin(i * i)),
      [2, 3, 3, 5],
    );
  const wiring = {
    'a layer': (x: tfl.SymbolicTensor) => [on(reLU(), x)],
    'an activation': (x: tfl.SymbolicTensor) => [on(tfl.layers.activation({ activation: 'relu' }), x)],
    'beside another reader': (x: tfl.SymbolicTensor) => [on(concatenate(), [on(reLU(), x), x])],
    'of an output': (x: tfl.SymbolicTensor) => [on(reLU(), x), x],
    'with a ceiling': (x: tfl.SymbolicTensor) => [on(reLU({ maxValue: 0.5 }), x)],
  };
  const network = (outputs: (x: tfl.SymbolicTensor) => tfl.SymbolicTensor[]) => {
    const input = tfl.input({ shape: [3, 3, 5] });
    return tfl.model({ inputs: input, outputs: outputs(on(batchNormalization({ epsilon: 1e-5 }), input)) });
  };

  it.each(Object.entries(wiring))('as %s: values and gradients of the two apart', (_name, outputs) => {
    const model = preparedForTraining(network(outputs));
    const statistics: BatchStatistics[] = [];
    const loss = (make: (x: Tensor) => Tensor[]) => (x: Tensor) =>
      tf.addN(make(x).map((y, i) => tf.sum(tf.mul(y, tf.cos(tf.add(y, i))))));
    const trained = loss((x) => outputsOf(model, x, statistics));
    const apart = loss((x) => {
      const y = batchNorm(x, undefined, undefined, { eps: 1e-5 }).y;
      const clamped = tf.relu(y);
      switch (outputs) {
        case wiring['beside another reader']:
          return [tf.concat([clamped, y], -1)];
        case wiring['of an output']:
          return [clamped, y];
        case wiring['with a ceiling']:
          return [tf.clipByValue(y, 0, 0.5)];
        default:
          return [clamped];
      }
    });
    const [got, wanted] = [trained, apart].map((f) => tf.valueAndGrad(f)(image()));
    expect(got.value.dataSync()[0]).toBeCloseTo(wanted.value.dataSync()[0], 4);
    values(got.grad).forEach((value, i) => {
      expect(value).toBeCloseTo(values(wanted.grad)[i], 4);
    });
    expect(statistics).toHaveLength(1);
    absorbStatistics(statistics);
  });

  it('takes one kernel', () => {
    const model = preparedForTraining(network(wiring['a layer']));
    const statistics: BatchStatistics[] = [];
    const profile = tf.engine().profile(() => outputsOf(model, image(), statistics));
    return profile.then(({ kernelNames }) => {
      expect(kernelNames).toContain('TrainingBatchNorm');
      expect(kernelNames).not.toContain('Relu');
      absorbStatistics(statistics);
    });
  });
});

describe('a model of the user', () => {
  it('with random layers of its own is refused', () => {
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 2, inputShape: [2] }), tfl.layers.dropout({ rate: 0.5 })],
    });
    expect(() => preparedForTraining(model)).toThrow(
      /layer "dropout\w*", got a Dropout, wanted layers without random numbers/,
    );
  });

  it('that normalises another axis than the channels is refused', () => {
    const model = tfl.sequential({ layers: [tfl.layers.batchNormalization({ axis: 1, inputShape: [4, 4, 3] })] });
    expect(() => preparedForTraining(model)).toThrow('normalisation of axis 1');
  });
});

describe('a saved network', () => {
  it.each(Object.keys(encoders) as (keyof typeof encoders)[])(
    '%s gives the same features when it is loaded again',
    async (name) => {
      const { model } = await encoders[name].build({ height: 8, width: 8, channels: 3 });
      initialise(model, rootStream(1));
      const artifacts = await modelArtifacts(model);
      // Through JSON, as a file would.
      const topology = JSON.parse(JSON.stringify(artifacts.modelTopology)) as object;
      const loaded = await loadNetwork(tf.io.fromMemory({ ...artifacts, modelTopology: topology }));
      const image = tf.tensor4d(
        Float32Array.from({ length: 384 }, (_, i) => (i % 7) / 7),
        [2, 8, 8, 3],
      );
      expect(values(outputsOf(loaded, image)[0])).toEqual(values(outputsOf(model, image)[0]));
    },
  );

  it.each(['convnet', 'resnet18'] as const)('%s needs no layer that tfjs does not have', async (name) => {
    const { model } = await encoders[name].build({ height: 8, width: 8, channels: 3 });
    const stock = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
    for (const layer of model.layers) {
      expect(stock).toContain(layer.getClassName());
      expect(['MaskToken', 'PositionEmbedding', 'SelfAttention', 'L2Normalise', 'WeightNormalised']).not.toContain(
        layer.getClassName(),
      );
    }
  });

  it('is told apart from something else', async () => {
    await expect(loadNetwork(tf.io.fromMemory({ modelTopology: { no: 'model' } }))).rejects.toThrow(
      /^encoder file: not a model/,
    );
  });
});

describe('dense and addBias', () => {
  it('have the gradients of the plain ops', () => {
    const x = tf.tensor3d(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [2, 3, 4],
    );
    const kernel = tf.tensor2d(
      Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)),
      [4, 5],
    );
    const bias = tf.tensor1d([1, 2, 3, 4, 5]);
    const plain = (a: Tensor, k: Tensor, b: Tensor) =>
      tf.sum(tf.square(tf.add(tf.matMul(tf.reshape(a, [6, 4]), k as tf.Tensor2D), b)));
    const ours = (a: Tensor, k: Tensor, b: Tensor) => tf.sum(tf.square(dense(a, k as tf.Tensor2D, b as tf.Tensor1D)));
    const wanted = tf.grads(plain)([x, kernel, bias]);
    const got = tf.grads(ours)([x, kernel, bias]);
    wanted.forEach((gradient, i) => {
      const [a, b] = [values(gradient), values(got[i])];
      a.forEach((value, j) => {
        expect(b[j]).toBeCloseTo(value, 3);
      });
    });
    expect(values(addBias(tf.zeros([2, 5]), bias))).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
  });
});
