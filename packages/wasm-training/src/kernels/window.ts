import type { backend_util } from '@tensorflow/tfjs-core';

import type { KernelContext } from '../context.js';

/** Tells the module which convolution or pooling the next call is about. */
export function plan({ kernels }: KernelContext, info: backend_util.Conv2DInfo): void {
  kernels.planConvolution(
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  );
}
