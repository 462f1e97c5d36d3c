import { tf, type Tensor, type Tensor2D } from '../tf.js';

/**
 * A WGSL kernel of ours: one dispatch that reads tensors and writes `[rows, columns]`.
 *
 * The code defines `fn main(index: i32)`; `index / threads` is the workgroup, `localId.x` the thread in it. It finds every input under its
 * name as `array<f32>`, its shape as `uniforms.NAMEShape`, and writes to `result`. Everything that is in scope is tfjs's (`isnan`, ...).
 */
export interface WebgpuKernel {
  /** Names the code: two kernels of one name, and the same ranks of inputs, have the same code. */
  readonly name: string;
  readonly code: string;
  /** Threads of a workgroup, at most 256: what every device has. */
  readonly threads: number;
  readonly workgroups: number;
  readonly shape: readonly [number, number];
  /** Numbers that the code reads as `uniforms.NAME`, float32. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** The part of tfjs's backend that is used here: its public way to run a program of one's own. */
interface ProgramRunner {
  runWebGPUProgram(
    program: {
      readonly outputShape: number[];
      readonly variableNames: string[];
      readonly workgroupSize: [number, number, number];
      readonly dispatch: [number, number, number];
      readonly dispatchLayout: { x: number[] };
      readonly shaderKey: string;
      readonly uniforms: string;
      getUserCode(): string;
    },
    inputs: Tensor[],
    dtype: 'float32',
    uniforms: { type: 'float32'; data: number[] }[],
  ): Tensor;
}

const kernelName = 'JembenchWebgpu';

/** Whether the WebGPU backend was loaded with our kernels. */
export const hasWebgpuKernels = (): boolean => tf.getKernel(kernelName, 'webgpu') !== undefined;

/** Makes `runWebgpuKernel` work on the backend; as a kernel of tfjs, so that its profile counts what runs. */
export function registerWebgpuKernels(): void {
  if (hasWebgpuKernels()) return;
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc({ inputs, attrs, backend }) {
      const { name, code, threads, workgroups, shape, numbers = {} } = (attrs as unknown as Attributes).kernel;
      return (backend as ProgramRunner).runWebGPUProgram(
        {
          outputShape: [...shape],
          variableNames: Object.keys(inputs),
          workgroupSize: [threads, 1, 1],
          dispatch: [workgroups, 1, 1],
          dispatchLayout: { x: [0, 1] },
          shaderKey: `jembench ${name} `,
          uniforms: Object.keys(numbers)
            .map((number) => `${number} : f32, `)
            .join(''),
          getUserCode: () => code,
        },
        Object.values(inputs) as Tensor[],
        'float32',
        Object.values(numbers).map((value) => ({ type: 'float32', data: [value] })),
      );
    },
  });
}

interface Attributes {
  readonly kernel: WebgpuKernel;
}

/** Runs a kernel on named tensors of rank 2, or scalars; its name has to tell inputs of other ranks apart. */
export function runWebgpuKernel(kernel: WebgpuKernel, inputs: Readonly<Record<string, Tensor>>): Tensor2D {
  type Run = (name: string, inputs: Readonly<Record<string, Tensor>>, attributes: Attributes) => Tensor2D;
  return (tf.engine().runKernel.bind(tf.engine()) as unknown as Run)(kernelName, inputs, { kernel });
}
