import {
  channels,
  dilationX,
  dilationY,
  filterHeight,
  filterWidth,
  height,
  images,
  outChannels,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideX,
  strideY,
  width,
} from './geometry';
import { madd } from './simd';

// Depthwise convolution: every channel has its own filters. filter[kh, kw, c, m] makes output channel c * multiplier + m; with a multiplier of 1
// channels are lanes.

/** y[.., c * M + m] = sum over (kh, kw) of x[.., c] filter[kh, kw, c, m]. */
export function depthwise(x: usize, filter: usize, y: usize): void {
  const multiplier = outChannels / channels;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>outChannels) << 2;
  const vectors = multiplier == 1 ? pixel & ~15 : 0;
  for (let n = 0; n < images; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        const top = oh * strideY - padTop;
        const left = ow * strideX - padLeft;
        for (let at: usize = 0; at < vectors; at += 16) {
          let sum = f32x4.splat(0);
          for (let kh = 0; kh < filterHeight; kh++) {
            const row = top + kh * dilationY;
            if (row < 0 || row >= height) continue;
            for (let kw = 0; kw < filterWidth; kw++) {
              const column = left + kw * dilationX;
              if (column < 0 || column >= width) continue;
              const from = x + <usize>(row * width + column) * pixel + at;
              sum = madd(v128.load(from), v128.load(filter + <usize>(kh * filterWidth + kw) * pixel + at), sum);
            }
          }
          v128.store(y + at, sum);
        }
        for (let c = <i32>(vectors >> 2); c < channels; c++) {
          for (let m = 0; m < multiplier; m++) {
            const o = (<usize>(c * multiplier + m)) << 2;
            let sum: f32 = 0;
            for (let kh = 0; kh < filterHeight; kh++) {
              const row = top + kh * dilationY;
              if (row < 0 || row >= height) continue;
              for (let kw = 0; kw < filterWidth; kw++) {
                const column = left + kw * dilationX;
                if (column < 0 || column >= width) continue;
                sum +=
                  load<f32>(x + <usize>(row * width + column) * pixel + ((<usize>c) << 2)) *
                  load<f32>(filter + <usize>(kh * filterWidth + kw) * outPixel + o);
              }
            }
            store<f32>(y + o, sum);
          }
        }
        y += outPixel;
      }
    }
    x += <usize>(height * width) * pixel;
  }
}

/** dx[.., c] += sum over (kh, kw, m) of dy[.., c * M + m] filter[kh, kw, c, m]. */
export function depthwiseInputGradient(dy: usize, filter: usize, dx: usize): void {
  const multiplier = outChannels / channels;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>outChannels) << 2;
  const vectors = multiplier == 1 ? pixel & ~15 : 0;
  const imageBytes = <usize>(height * width) * pixel;
  memory.fill(dx, 0, <usize>images * imageBytes);
  for (let n = 0; n < images; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        for (let kh = 0; kh < filterHeight; kh++) {
          const row = oh * strideY - padTop + kh * dilationY;
          if (row < 0 || row >= height) continue;
          for (let kw = 0; kw < filterWidth; kw++) {
            const column = ow * strideX - padLeft + kw * dilationX;
            if (column < 0 || column >= width) continue;
            const to = dx + <usize>(row * width + column) * pixel;
            const weights = filter + <usize>(kh * filterWidth + kw) * outPixel;
            for (let at: usize = 0; at < vectors; at += 16) {
              v128.store(to + at, madd(v128.load(dy + at), v128.load(weights + at), v128.load(to + at)));
            }
            for (let c = <i32>(vectors >> 2); c < channels; c++) {
              let sum = load<f32>(to + ((<usize>c) << 2));
              for (let m = 0; m < multiplier; m++) {
                const o = (<usize>(c * multiplier + m)) << 2;
                sum += load<f32>(dy + o) * load<f32>(weights + o);
              }
              store<f32>(to + ((<usize>c) << 2), sum);
            }
          }
        }
        dy += outPixel;
      }
    }
    dx += imageBytes;
  }
}

/** Bytes of scratch for `depthwiseFilterGradient`. */
export function depthwiseScratch(): i32 {
  return filterHeight * filterWidth * outChannels * 12 + 16;
}

/** dfilter[kh, kw, c, m] = sum of x[.., c] dy[.., c * M + m]: over an image in float32, over the images in float64. */
export function depthwiseFilterGradient(x: usize, dy: usize, dfilter: usize, scratch: usize): void {
  const multiplier = outChannels / channels;
  const pixel = (<usize>channels) << 2;
  const outPixel = (<usize>outChannels) << 2;
  const vectors = multiplier == 1 ? pixel & ~15 : 0;
  const size = filterHeight * filterWidth * outChannels;
  const totals = scratch;
  const part = totals + ((<usize>size) << 3);
  memory.fill(totals, 0, (<usize>size) << 3);
  for (let n = 0; n < images; n++) {
    memory.fill(part, 0, (<usize>size) << 2);
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        for (let kh = 0; kh < filterHeight; kh++) {
          const row = oh * strideY - padTop + kh * dilationY;
          if (row < 0 || row >= height) continue;
          for (let kw = 0; kw < filterWidth; kw++) {
            const column = ow * strideX - padLeft + kw * dilationX;
            if (column < 0 || column >= width) continue;
            const from = x + <usize>(row * width + column) * pixel;
            const to = part + <usize>(kh * filterWidth + kw) * outPixel;
            for (let at: usize = 0; at < vectors; at += 16) {
              v128.store(to + at, madd(v128.load(from + at), v128.load(dy + at), v128.load(to + at)));
            }
            for (let c = <i32>(vectors >> 2); c < channels; c++) {
              for (let m = 0; m < multiplier; m++) {
                const o = (<usize>(c * multiplier + m)) << 2;
                store<f32>(to + o, load<f32>(to + o) + load<f32>(from + ((<usize>c) << 2)) * load<f32>(dy + o));
              }
            }
          }
        }
        dy += outPixel;
      }
    }
    for (let i = 0; i < size; i++) {
      const at = totals + ((<usize>i) << 3);
      store<f64>(at, load<f64>(at) + <f64>load<f32>(part + ((<usize>i) << 2)));
    }
    x += <usize>(height * width) * pixel;
  }
  for (let i = 0; i < size; i++) store<f32>(dfilter + ((<usize>i) << 2), <f32>load<f64>(totals + ((<usize>i) << 3)));
}
