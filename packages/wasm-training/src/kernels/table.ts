import type { TrainingKernel } from './kernel.js';
import { batchMatMul, fusedMatMul } from './matmul.js';

/** Every kernel that `registerTrainingKernels` puts in place. */
export const trainingKernels: readonly TrainingKernel[] = [batchMatMul, fusedMatMul];
