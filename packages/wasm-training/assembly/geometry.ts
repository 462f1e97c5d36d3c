/**
 * The convolution at hand. `planConvolution` sets it, the functions of convolution.ts read it: one call follows the other, and fifteen numbers
 * need not be passed on at every level.
 */
export let images: i32 = 0;
export let height: i32 = 0;
export let width: i32 = 0;
export let channels: i32 = 0;
export let outHeight: i32 = 0;
export let outWidth: i32 = 0;
export let outChannels: i32 = 0;
export let filterHeight: i32 = 0;
export let filterWidth: i32 = 0;
export let strideY: i32 = 1;
export let strideX: i32 = 1;
export let dilationY: i32 = 1;
export let dilationX: i32 = 1;
export let padTop: i32 = 0;
export let padLeft: i32 = 0;

export function planConvolution(
  imageCount: i32,
  inputHeight: i32,
  inputWidth: i32,
  inputChannels: i32,
  outputHeight: i32,
  outputWidth: i32,
  outputChannels: i32,
  filterRows: i32,
  filterColumns: i32,
  strideRows: i32,
  strideColumns: i32,
  dilationRows: i32,
  dilationColumns: i32,
  top: i32,
  left: i32,
): void {
  images = imageCount;
  height = inputHeight;
  width = inputWidth;
  channels = inputChannels;
  outHeight = outputHeight;
  outWidth = outputWidth;
  outChannels = outputChannels;
  filterHeight = filterRows;
  filterWidth = filterColumns;
  strideY = strideRows;
  strideX = strideColumns;
  dilationY = dilationRows;
  dilationX = dilationColumns;
  padTop = top;
  padLeft = left;
}

/** Rows of the input that `rows` rows of the output look at. */
export function inputRows(rows: i32): i32 {
  return (rows - 1) * strideY + (filterHeight - 1) * dilationY + 1;
}

/** Columns of the input that a row of the output looks at. */
export function inputColumns(): i32 {
  return (outWidth - 1) * strideX + (filterWidth - 1) * dilationX + 1;
}

/** Whether no filter position leaves the input: then it is read in place, without a padded copy. */
export function insideInput(): bool {
  return padTop == 0 && padLeft == 0 && inputRows(outHeight) <= height && inputColumns() <= width;
}

/**
 * Copies a window of `rowCount` x `columnCount` pixels, whose corner is at (`top`, `left`) of the image and may lie outside, to dense memory;
 * what is outside becomes zero. `pixel` is the number of bytes of a pixel.
 */
export function copyWindow(
  image: usize,
  imageRows: i32,
  imageColumns: i32,
  pixel: i32,
  top: i32,
  left: i32,
  rowCount: i32,
  columnCount: i32,
  to: usize,
): void {
  const first = min(max(-left, 0), columnCount);
  const last = max(min(imageColumns - left, columnCount), first);
  const rowBytes = <usize>columnCount * pixel;
  for (let r = 0; r < rowCount; r++) {
    const y = top + r;
    if (y < 0 || y >= imageRows || first == last) {
      memory.fill(to, 0, rowBytes);
    } else {
      if (first > 0) memory.fill(to, 0, <usize>first * pixel);
      const from = image + (<usize>y * imageColumns + (left + first)) * pixel;
      memory.copy(to + <usize>first * pixel, from, <usize>(last - first) * pixel);
      if (last < columnCount) memory.fill(to + <usize>last * pixel, 0, <usize>(columnCount - last) * pixel);
    }
    to += rowBytes;
  }
}
