import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers tfjs's gradients.
import '@tensorflow/tfjs-layers';

import {
  batchNormReluTraining,
  gelu,
  layerNormTraining,
  packedAttention,
  registerTrainingKernels,
  type KernelBuildName,
} from '../src/index.js';
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
      const features = tf.mean<tf.Tensor2D>(x, [1, 2]);
      const output = tf.add(tf.matMul(features, w['dense'] as tf.Tensor2D), w['bias']);
      return tf.mean(tf.squaredDifference(output, target));
    },
  };
}

function vit(): Network {
  const [width, heads, depth, tokens, patch] = [128, 4, 4, 64, 48];
  const images = normal([batch, 32, 32, 3], 1);
  const target = normal([batch, width], 1);
  const shapes: Record<string, [number, number]> = {
    qkv: [width, 3 * width],
    out: [width, width],
    up: [width, 4 * width],
    down: [4 * width, width],
  };
  const weights: Record<string, tf.Tensor> = {
    'patch/w': normal([patch, width], 0.1),
    'patch/b': tf.zeros([width]),
    position: tf.zeros([1, tokens, width]),
  };
  const rows = batch * tokens;
  let flops = 2 * 2 * rows * patch * width;
  for (let block = 0; block < depth; block++) {
    for (const [name, [from, to]] of Object.entries(shapes)) {
      weights[`${String(block)}/${name}/w`] = normal([from, to], 0.05);
      weights[`${String(block)}/${name}/b`] = tf.zeros([to]);
      flops += 3 * 2 * rows * from * to;
    }
    for (const name of ['norm1', 'norm2']) {
      weights[`${String(block)}/${name}/gamma`] = tf.ones([width]);
      weights[`${String(block)}/${name}/beta`] = tf.zeros([width]);
    }
    flops += 3 * 2 * 2 * rows * tokens * width;
  }
  return {
    weights,
    flops,
    loss(w) {
      const dense = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
        tf.fused.matMul({ a: x, b: w[`${name}/w`], bias: w[`${name}/b`] }) as tf.Tensor2D;
      const norm = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
        layerNormTraining(x, w[`${name}/gamma`] as tf.Tensor1D, w[`${name}/beta`] as tf.Tensor1D, 1e-5);
      const patches = tf.reshape(tf.transpose(tf.reshape(images, [batch, 8, 4, 8, 4, 3]), [0, 1, 3, 2, 4, 5]), [
        rows,
        patch,
      ]);
      const embedded = tf.add(
        tf.reshape(dense(patches as tf.Tensor2D, 'patch'), [batch, tokens, width]),
        w['position'],
      );
      let x = tf.reshape<tf.Rank.R2>(embedded, [rows, width]);
      for (let block = 0; block < depth; block++) {
        const name = String(block);
        const qkv = tf.reshape<tf.Rank.R3>(dense(norm(x, `${name}/norm1`), `${name}/qkv`), [batch, tokens, 3 * width]);
        const mixed = tf.reshape<tf.Rank.R2>(packedAttention(qkv, heads), [rows, width]);
        x = tf.add(x, dense(mixed, `${name}/out`));
        x = tf.add(x, dense(gelu(dense(norm(x, `${name}/norm2`), `${name}/up`)), `${name}/down`));
      }
      const features = tf.mean(tf.reshape(x, [batch, tokens, width]), 1);
      return tf.mean(tf.squaredDifference(features, target));
    },
  };
}

const networks: Record<string, () => Network> = { cnn, vit };

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
    const start = processorTime();
    tf.dispose(tf.matMul(a, b));
    best = Math.min(best, processorTime() - start);
  }
  tf.dispose([a, b]);
  return (2 * size ** 3) / best / 1e6;
}

/** Milliseconds of processor time of this process: what other programs take of the machine does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Call {
  readonly kernel: string;
  ms: number;
}

/**
 * Times every kernel call of a step. A step always makes the same calls, so the best time of the i-th call over many steps is its time without
 * disturbance (other programs share caches and execution units), and their sum is the step on an idle machine.
 */
class Stopwatch {
  readonly best: Call[] = [];
  outside = Infinity;
  private index = 0;
  private inside = 0;

  constructor() {
    for (const config of tf.getKernelsForBackend('wasm')) {
      const run = config.kernelFunc;
      config.kernelFunc = (call) => {
        const start = processorTime();
        const result = run(call);
        this.record(config.kernelName, processorTime() - start);
        return result;
      };
    }
  }

  private record(kernel: string, ms: number): void {
    this.inside += ms;
    const call = (this.best[this.index++] ??= { kernel, ms });
    call.ms = Math.min(call.ms, ms);
  }

  step(work: () => void): number {
    this.index = 0;
    this.inside = 0;
    const start = processorTime();
    work();
    const ms = processorTime() - start;
    this.outside = Math.min(this.outside, ms - this.inside);
    return ms;
  }

  get undisturbed(): number {
    return this.best.reduce((sum, { ms }) => sum + ms, this.outside);
  }

  print(): void {
    const byKernel = new Map<string, Call[]>();
    for (const call of this.best) byKernel.set(call.kernel, [...(byKernel.get(call.kernel) ?? []), call]);
    const lines = [...byKernel].map(([kernel, calls]) => ({
      kernel,
      count: calls.length,
      ms: calls.reduce((sum, { ms }) => sum + ms, 0),
    }));
    for (const { kernel, count, ms } of lines.sort((a, b) => b.ms - a.ms).slice(0, 20)) {
      console.log(`  ${kernel.padEnd(28)} ${String(count).padStart(4)} calls ${ms.toFixed(2).padStart(8)} ms`);
    }
    console.log(`  ${'outside kernels'.padEnd(28)}            ${this.outside.toFixed(2).padStart(8)} ms`);
  }

  reset(): void {
    this.best.length = 0;
    this.outside = Infinity;
  }
}

export async function run(options: Options): Promise<void> {
  await tf.setBackend('wasm');
  const build = await registerTrainingKernels({ build: options.build });
  const ceiling = peak();
  console.log(`build ${build.name}, Node ${process.version}, GEMM 512 ${ceiling.toFixed(1)} GFLOP/s`);
  const watch = new Stopwatch();
  for (const name of options.networks.length > 0 ? options.networks : Object.keys(networks)) {
    const network = networks[name]();
    for (let i = 0; i < 3; i++) step(network);
    watch.reset();
    const tensors = tf.memory().numTensors;
    const steps: number[] = [];
    const end = performance.now() + options.seconds * 1000;
    while (performance.now() < end) {
      steps.push(
        watch.step(() => {
          step(network);
        }),
      );
    }
    steps.sort((a, b) => a - b);
    const rate = network.flops / watch.undisturbed / 1e6;
    const [best, median] = [steps[0], steps[steps.length >> 1]];
    console.log(
      `${name}: processor time of a step, best ${best.toFixed(1)} ms, median ${median.toFixed(1)} ms of ${String(steps.length)}; best of every kernel ` +
        `${watch.undisturbed.toFixed(1)} ms, ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / ceiling).toFixed(0)} % of peak; ${String(tf.memory().numTensors - tensors)} tensors leaked`,
    );
    if (options.kernels) watch.print();
    tf.dispose(network.weights);
  }
}
