import {
  channels,
  dilationX,
  dilationY,
  filterHeight,
  filterWidth,
  height,
  images,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideX,
  strideY,
  width,
} from './geometry';

// The gradients of pooling, with the window of `planConvolution`. Every output pixel adds to the input pixels under its window.

/** dx += dy at the first largest element of every window, whatever its sign. */
export function maxPoolGradient(x: usize, dy: usize, dx: usize): void {
  const pixel = (<usize>channels) << 2;
  const vectors = pixel & ~15;
  const imageBytes = <usize>(height * width) * pixel;
  memory.fill(dx, 0, <usize>images * imageBytes);
  for (let n = 0; n < images; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let ow = 0; ow < outWidth; ow++) {
        const top = oh * strideY - padTop;
        const left = ow * strideX - padLeft;
        let at: usize = 0;
        for (; at < vectors; at += 16) maxPoolVector(x + at, v128.load(dy + at), dx + at, top, left, pixel);
        for (; at < pixel; at += 4) maxPoolElement(x + at, load<f32>(dy + at), dx + at, top, left, pixel);
        dy += pixel;
      }
    }
    x += imageBytes;
    dx += imageBytes;
  }
}

function maxPoolVector(x: usize, dy: v128, dx: usize, top: i32, left: i32, pixel: usize): void {
  let most = f32x4.splat(-f32.MAX_VALUE * 2);
  let place = i32x4.splat(-1);
  for (let kh = 0; kh < filterHeight; kh++) {
    const y = top + kh * dilationY;
    if (y < 0 || y >= height) continue;
    for (let kw = 0; kw < filterWidth; kw++) {
      const column = left + kw * dilationX;
      if (column < 0 || column >= width) continue;
      const at = y * width + column;
      const value = v128.load(x + <usize>at * pixel);
      const larger = f32x4.gt(value, most);
      most = v128.bitselect(value, most, larger);
      place = v128.bitselect(i32x4.splat(at), place, larger);
    }
  }
  for (let kh = 0; kh < filterHeight; kh++) {
    const y = top + kh * dilationY;
    if (y < 0 || y >= height) continue;
    for (let kw = 0; kw < filterWidth; kw++) {
      const column = left + kw * dilationX;
      if (column < 0 || column >= width) continue;
      const at = y * width + column;
      const to = dx + <usize>at * pixel;
      v128.store(to, f32x4.add(v128.load(to), v128.and(dy, i32x4.eq(place, i32x4.splat(at)))));
    }
  }
}

function maxPoolElement(x: usize, dy: f32, dx: usize, top: i32, left: i32, pixel: usize): void {
  let most: f32 = -f32.MAX_VALUE * 2;
  let place = -1;
  for (let kh = 0; kh < filterHeight; kh++) {
    const y = top + kh * dilationY;
    if (y < 0 || y >= height) continue;
    for (let kw = 0; kw < filterWidth; kw++) {
      const column = left + kw * dilationX;
      if (column < 0 || column >= width) continue;
      const value = load<f32>(x + <usize>(y * width + column) * pixel);
      if (value > most) {
        most = value;
        place = y * width + column;
      }
    }
  }
  if (place >= 0) {
    const to = dx + <usize>place * pixel;
    store<f32>(to, load<f32>(to) + dy);
  }
}

/** dx += dy / n at the n elements of every window that lie inside the input: the ones that the forward mean is taken over. */
export function averagePoolGradient(dy: usize, dx: usize): void {
  const pixel = (<usize>channels) << 2;
  const vectors = pixel & ~15;
  const imageBytes = <usize>(height * width) * pixel;
  memory.fill(dx, 0, <usize>images * imageBytes);
  for (let n = 0; n < images; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      const top = oh * strideY - padTop;
      const firstRow = max(top, 0);
      const lastRow = min(top + filterHeight, height);
      for (let ow = 0; ow < outWidth; ow++) {
        const left = ow * strideX - padLeft;
        const firstColumn = max(left, 0);
        const lastColumn = min(left + filterWidth, width);
        const share: f32 = 1 / <f32>((lastRow - firstRow) * (lastColumn - firstColumn));
        const shares = f32x4.splat(share);
        for (let y = firstRow; y < lastRow; y++) {
          for (let column = firstColumn; column < lastColumn; column++) {
            const to = dx + <usize>(y * width + column) * pixel;
            let at: usize = 0;
            for (; at < vectors; at += 16)
              v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(dy + at), shares)));
            for (; at < pixel; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(dy + at) * share);
          }
        }
        dy += pixel;
      }
    }
    dx += imageBytes;
  }
}
