import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';

import { batchNormReluTraining, registerTrainingKernels, type KernelBuildName } from '../src/index.js';
import { generatedValues } from '../src/testing/values.js';

interface Options {
  readonly networks: readonly string[];
  readonly build?: KernelBuildName;
  readonly seconds: number;
  readonly kernels: boolean;
}

interface Network {
  readonly weights: Record<string, tf.Tensor>;
  /** Floating-point operations of the products in a step. */
  readonly flops: number;
  loss(weights: Record<string, tf.Tensor>): tf.Scalar;
}

const batch = 64;
let seed = 1;

function normal(shape: number[], deviation: number): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(generatedValues(size, seed++, [-deviation * Math.sqrt(3), deviation * Math.sqrt(3)]), shape);
}

function cnn(): Network {
  const images = normal([batch, 32, 32, 3], 1) as tf.Tensor4D;
  const target = normal([batch, 128], 1);
  const layers = [
    { name: 'a', from: 3, to: 32, stride: 1, size: 32 },
    { name: 'b', from: 32, to: 64, stride: 2, size: 16 },
    { name: 'c', from: 64, to: 128, stride: 2, size: 8 },
  ];
  const weights: Record<string, tf.Tensor> = { dense: normal([128, 128], 0.1), bias: tf.zeros([128]) };
  let flops = 3 * 2 * batch * 128 * 128;
  for (const { name, from, to, size } of layers) {
    weights[`${name}/filter`] = normal([3, 3, from, to], Math.sqrt(2 / (9 * from)));
    weights[`${name}/gamma`] = tf.ones([to]);
    weights[`${name}/beta`] = tf.zeros([to]);
    flops += (name === 'a' ? 2 : 3) * 2 * batch * size * size * 9 * from * to;
  }
  return {
    weights,
    flops,
    loss(w) {
      let x: tf.Tensor4D = images;
      for (const { name, stride } of layers) {
        const y = tf.conv2d(x, w[`${name}/filter`] as tf.Tensor4D, stride, 'same');
        x = batchNormReluTraining(y, w[`${name}/gamma`] as tf.Tensor1D, w[`${name}/beta`] as tf.Tensor1D, 1e-5).y;
      }
      const features = tf.mean(x, [1, 2]) as tf.Tensor2D;
      const output = tf.add(tf.matMul(features, w['dense'] as tf.Tensor2D), w['bias']);
      return tf.mean(tf.squaredDifference(output, target));
    },
  };
}

const networks: Record<string, () => Network> = { cnn };

function step(network: Network): void {
  const names = Object.keys(network.weights);
  const { loss, gradients } = tf.tidy(() => {
    const f = (...tensors: tf.Tensor[]): tf.Scalar =>
      network.loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    const { value, grads } = tf.valueAndGrads(f)(names.map((name) => network.weights[name]));
    return { loss: value, gradients: grads };
  });
  names.forEach((name, i) => {
    const next = tf.tidy(() => tf.sub(network.weights[name], tf.mul(gradients[i], 0.01)));
    tf.dispose([network.weights[name], gradients[i]]);
    network.weights[name] = next;
  });
  tf.dispose(loss);
}

/** GFLOP/s of the plain product that the kernels are measured against. */
function peak(): number {
  const size = 512;
  const [a, b] = [normal([size, size], 1), normal([size, size], 1)];
  let best = Infinity;
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    tf.dispose(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D));
    best = Math.min(best, performance.now() - start);
  }
  tf.dispose([a, b]);
  return (2 * size ** 3) / best / 1e6;
}

/** Makes every kernel of the backend add up its own time. */
function instrument(): Map<string, { calls: number; ms: number }> {
  const times = new Map<string, { calls: number; ms: number }>();
  for (const config of tf.getKernelsForBackend('wasm')) {
    const run = config.kernelFunc;
    config.kernelFunc = (call) => {
      const start = performance.now();
      const result = run(call);
      const entry = times.get(config.kernelName) ?? { calls: 0, ms: 0 };
      entry.calls += 1;
      entry.ms += performance.now() - start;
      times.set(config.kernelName, entry);
      return result;
    };
  }
  return times;
}

export async function run(options: Options): Promise<void> {
  await tf.setBackend('wasm');
  const build = await registerTrainingKernels({ build: options.build });
  const ceiling = peak();
  console.log(`build ${build.name}, Node ${process.version}, GEMM 512 ${ceiling.toFixed(1)} GFLOP/s`);
  for (const name of options.networks.length > 0 ? options.networks : Object.keys(networks)) {
    const network = networks[name]();
    for (let i = 0; i < 4; i++) step(network);
    const tensors = tf.memory().numTensors;
    const steps: number[] = [];
    const end = performance.now() + options.seconds * 1000;
    while (performance.now() < end) {
      const start = performance.now();
      step(network);
      steps.push(performance.now() - start);
    }
    steps.sort((a, b) => a - b);
    const [best, median] = [steps[0], steps[steps.length >> 1]];
    const rate = network.flops / best / 1e6;
    console.log(
      `${name}: best ${best.toFixed(1)} ms, median ${median.toFixed(1)} ms of ${String(steps.length)}, ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / ceiling).toFixed(0)} % of peak, ${String(tf.memory().numTensors - tensors)} tensors leaked`,
    );
    if (options.kernels) {
      const times = instrument();
      const count = Math.max(10, steps.length >> 1);
      // The median over steps would hide nothing, but the best step is what the shared machine disturbs least: keep its table.
      let table: [string, number, number][] = [];
      let fastest = Infinity;
      for (let i = 0; i < count; i++) {
        times.clear();
        const start = performance.now();
        step(network);
        const ms = performance.now() - start;
        if (ms >= fastest) continue;
        fastest = ms;
        table = [...times].map(([kernel, entry]) => [kernel, entry.calls, entry.ms]);
      }
      const inside = table.reduce((sum, [, , ms]) => sum + ms, 0);
      for (const [kernel, calls, ms] of table.sort((a, b) => b[2] - a[2]).slice(0, 25)) {
        console.log(`  ${kernel.padEnd(28)} ${String(calls).padStart(4)} calls ${ms.toFixed(2).padStart(8)} ms`);
      }
      console.log(`  ${'outside kernels'.padEnd(28)}            ${(fastest - inside).toFixed(2).padStart(8)} ms`);
    }
    tf.dispose(network.weights);
  }
}
