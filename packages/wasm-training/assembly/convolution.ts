import { ADD, BIAS, FRAME, tileRow } from './epilogue';
import {
  channels,
  copyWindow,
  dilationX,
  dilationY,
  filterHeight,
  filterWidth,
  height,
  images,
  inputColumns,
  inputRows,
  insideInput,
  outChannels,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideX,
  strideY,
  width,
} from './geometry';
import { packLeftColumns, packLeftRows, packOnes, packPanelTransposed, packRight } from './pack';
import { COLUMNS, ROWS } from './tiles';

/** Bytes of input that a block of images may take, so that it stays in the second-level cache with the packed filter. */
const BLOCK: i32 = 256 * 1024;
/** Bytes of the packed filter that are used in one sweep over a block. */
const FILTER: i32 = 384 * 1024;
/** Inner steps of a sweep, in whole taps: beyond, a packed tile row leaves the first-level cache. */
const DEPTH: i32 = 1024;
/** Output positions that the filter gradient sums before it touches the result. */
const POSITIONS: i32 = 512;

/** Bytes before the tables: a tile's frame and its source addresses. */
const HEADER: i32 = FRAME + 64;

function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple;
}

/** Images that fit a block, if each takes `bytes`. */
function imagesOf(bytes: i32): i32 {
  return max(1, min(images, BLOCK / max(bytes, 1)));
}

/** Output rows of one image in a block: all, unless a single image is larger than a block. */
function rowsOf(most: i32, perRow: i32): i32 {
  return perRow * outHeight <= most ? outHeight : max(1, min(outHeight, most / max(perRow, 1)));
}

function packedBytes(depth: i32, columns: i32): i32 {
  return roundUp(columns, COLUMNS) * depth * 4;
}

function leftBytes(depth: i32): i32 {
  return roundUp(ROWS * depth * 4, 16);
}

/**
 * Results at `count` positions: position i takes its inputs from `from + sources[i] + tap`, and writes to `to + destinations[i]`.
 * `panels` holds the packed filter (and the bias as its last step); `left` has room for one packed tile row.
 */
function convolvePositions(
  from: usize,
  sources: usize,
  to: usize,
  destinations: usize,
  count: i32,
  taps: usize,
  tapCount: i32,
  run: i32,
  left: usize,
  panels: usize,
  columns: i32,
  flags: i32,
  frame: usize,
): void {
  const steps = flags & BIAS ? tapCount * run + 1 : tapCount * run;
  const panel = (<usize>steps * COLUMNS) << 2;
  const sweeps = (tapCount + max(DEPTH / run, 1) - 1) / max(DEPTH / run, 1);
  const sweepTaps = (tapCount + sweeps - 1) / sweeps;
  for (let tap = 0; tap < tapCount; tap += sweepTaps) {
    const someTaps = min(sweepTaps, tapCount - tap);
    const last = tap + someTaps == tapCount;
    const sweepFlags = (tap > 0 ? ADD : 0) | (last ? flags : 0);
    const depth = someTaps * run;
    if (sweepFlags & BIAS) packOnes(left + ((<usize>depth * ROWS) << 2));
    sweep(
      from,
      sources,
      to,
      destinations,
      count,
      taps + ((<usize>tap) << 2),
      someTaps,
      run,
      left,
      panels + ((<usize>(tap * run) * COLUMNS) << 2),
      panel,
      columns,
      sweepFlags,
      frame,
    );
  }
}

/** `convolvePositions` for some of the taps. */
function sweep(
  from: usize,
  sources: usize,
  to: usize,
  destinations: usize,
  count: i32,
  taps: usize,
  tapCount: i32,
  run: i32,
  left: usize,
  panels: usize,
  panel: usize,
  columns: i32,
  flags: i32,
  frame: usize,
): void {
  const steps = flags & BIAS ? tapCount * run + 1 : tapCount * run;
  const tileSources = frame + FRAME;
  const group = max(1, FILTER / max(steps * COLUMNS * 4, 1)) * COLUMNS;
  for (let start = 0; start < columns; start += group) {
    for (let i = 0; i < count; i += ROWS) {
      const rows = min(ROWS, count - i);
      for (let r = 0; r < ROWS; r++) {
        // Positions beyond the last repeat it; their results are dropped.
        const at = (<usize>min(i + r, count - 1)) << 2;
        store<u32>(tileSources + ((<usize>r) << 2), <u32>from + load<u32>(sources + at));
        store<u32>(frame + ((<usize>r) << 2), <u32>to + load<u32>(destinations + at));
      }
      packLeftRows(tileSources, taps, tapCount, run, left);
      const right = panels + <usize>(start / COLUMNS) * panel;
      tileRow(left, right, panel, steps, frame, (<usize>start) << 2, rows, min(group, columns - start), flags);
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------- forward

function forwardRows(): i32 {
  return rowsOf(BLOCK / 4, inputColumns() * channels * strideY);
}

function forwardImages(): i32 {
  return forwardRows() < outHeight ? 1 : imagesOf(inputRows(outHeight) * inputColumns() * channels * 4);
}

export function forwardScratch(): i32 {
  const rows = forwardRows();
  const count = forwardImages();
  const window = insideInput() ? 0 : count * inputRows(rows) * inputColumns() * channels * 4;
  return (
    HEADER +
    filterHeight * filterWidth * 4 +
    count * rows * outWidth * 8 +
    leftBytes(filterHeight * filterWidth * channels + 1) +
    packedBytes(filterHeight * filterWidth * channels + 1, outChannels) +
    window
  );
}

/** y[n, oh, ow, :] = sum over (kh, kw, ci) of x[n, oh * s + kh * d - pad, ..., ci] filter[kh, kw, ci, :] (+ bias) (clamped). */
export function convolve(x: usize, filter: usize, y: usize, flags: i32, bias: usize, scratch: usize): void {
  const blockRows = forwardRows();
  const blockImages = forwardImages();
  const inside = insideInput();
  const windowColumns = inputColumns();
  const pixel = channels * 4;
  const imageBytes = <usize>height * width * pixel;
  const outImageBytes = <usize>outHeight * outWidth * outChannels * 4;

  // A filter row that is contiguous in memory is one tap.
  const whole = dilationX == 1;
  const tapCount = whole ? filterHeight : filterHeight * filterWidth;
  const run = whole ? filterWidth * channels : channels;
  const depth = filterHeight * filterWidth * channels;
  const rowPixels = inside ? width : windowColumns;

  const taps = scratch + HEADER;
  const sources = taps + ((<usize>(filterHeight * filterWidth)) << 2);
  const positions = blockImages * blockRows * outWidth;
  const destinations = sources + ((<usize>positions) << 2);
  const left = destinations + ((<usize>positions) << 2);
  const panels = left + leftBytes(depth + 1);
  const windows = panels + packedBytes(depth + 1, outChannels);

  for (let t = 0; t < tapCount; t++) {
    const kh = whole ? t : t / filterWidth;
    const kw = whole ? 0 : t % filterWidth;
    store<u32>(taps + ((<usize>t) << 2), (kh * dilationY * rowPixels + kw * dilationX) * pixel);
  }
  const steps = flags & BIAS ? depth + 1 : depth;
  const panel = (<usize>steps * COLUMNS) << 2;
  packRight(filter, (<usize>outChannels) << 2, depth, outChannels, panels, panel);
  if (flags & BIAS) packRight(bias, 0, 1, outChannels, panels + ((<usize>depth * COLUMNS) << 2), panel);
  for (let firstRow = 0; firstRow < outHeight; firstRow += blockRows) {
    const rows = min(blockRows, outHeight - firstRow);
    const windowRows = inputRows(rows);
    const windowBytes = inside ? <i32>imageBytes : windowRows * windowColumns * pixel;
    let at: usize = 0;
    for (let n = 0; n < blockImages; n++) {
      for (let oh = 0; oh < rows; oh++) {
        for (let ow = 0; ow < outWidth; ow++) {
          store<u32>(sources + at, n * windowBytes + (oh * strideY * rowPixels + ow * strideX) * pixel);
          store<u32>(destinations + at, n * <i32>outImageBytes + (oh * outWidth + ow) * outChannels * 4);
          at += 4;
        }
      }
    }
    for (let image = 0; image < images; image += blockImages) {
      const count = min(blockImages, images - image);
      let from = x + <usize>image * imageBytes + <usize>(firstRow * strideY * width) * pixel;
      if (!inside) {
        from = windows;
        for (let n = 0; n < count; n++) {
          const top = firstRow * strideY - padTop;
          copyWindow(
            x + <usize>(image + n) * imageBytes,
            height,
            width,
            pixel,
            top,
            -padLeft,
            windowRows,
            windowColumns,
            windows + <usize>n * windowBytes,
          );
        }
      }
      const to = y + <usize>image * outImageBytes + <usize>(firstRow * outWidth * outChannels) * 4;
      convolvePositions(
        from,
        sources,
        to,
        destinations,
        count * rows * outWidth,
        taps,
        tapCount,
        run,
        left,
        panels,
        outChannels,
        flags,
        scratch,
      );
    }
  }
}

// --------------------------------------------------------------------------------------------------------- input gradient

function floorDivide(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

// Row y of the input is row q * stride + r - pad for a residue r; output row q + (r - kh * d) / stride reaches it through filter row kh.
// So every residue is an ordinary convolution of dy, without the zeros that a dilated dy would multiply.

function lowest(pad: i32, stride: i32, reach: i32): i32 {
  return pad / stride - floorDivide(reach + stride - 1, stride);
}

function highest(size: i32, pad: i32, stride: i32): i32 {
  return (size - 1 + pad) / stride;
}

function gradientTop(): i32 {
  return lowest(padTop, strideY, (filterHeight - 1) * dilationY);
}

function gradientLeft(): i32 {
  return lowest(padLeft, strideX, (filterWidth - 1) * dilationX);
}

function gradientRows(): i32 {
  return highest(height, padTop, strideY) - gradientTop() + 1;
}

function gradientColumns(): i32 {
  return highest(width, padLeft, strideX) - gradientLeft() + 1;
}

function gradientImages(): i32 {
  return imagesOf(gradientRows() * gradientColumns() * outChannels * 4);
}

export function inputGradientScratch(): i32 {
  const count = gradientImages();
  const positions = count * ((height + strideY - 1) / strideY + 1) * ((width + strideX - 1) / strideX + 1);
  const taps = filterHeight * filterWidth;
  // Every residue has its own taps: together their packed filters hold each tap once.
  return (
    HEADER +
    taps * 4 +
    positions * 8 +
    leftBytes(taps * outChannels) +
    packedBytes(taps * outChannels, channels) +
    count * gradientRows() * gradientColumns() * outChannels * 4
  );
}

/** dx[n, oh * s + kh * d - pad, ..., ci] += sum over co of dy[n, oh, ow, co] filter[kh, kw, ci, co]. */
export function convolveInputGradient(dy: usize, filter: usize, dx: usize, scratch: usize): void {
  const blockImages = gradientImages();
  const top = gradientTop();
  const leftmost = gradientLeft();
  const windowRows = gradientRows();
  const windowColumns = gradientColumns();
  const pixel = outChannels * 4;
  const windowBytes = windowRows * windowColumns * pixel;
  const imageBytes = height * width * channels * 4;

  const taps = scratch + HEADER;
  const sources = taps + ((<usize>(filterHeight * filterWidth)) << 2);
  const most = blockImages * ((height + strideY - 1) / strideY + 1) * ((width + strideX - 1) / strideX + 1);
  const destinations = sources + ((<usize>most) << 2);
  const left = destinations + ((<usize>most) << 2);
  const panels = left + leftBytes(filterHeight * filterWidth * outChannels);
  const windows = panels + packedBytes(filterHeight * filterWidth * outChannels, channels);

  // Residues that no filter row reaches stay zero.
  if (filterHeight < strideY || filterWidth < strideX || dilationY > 1 || dilationX > 1) {
    memory.fill(dx, 0, <usize>images * imageBytes);
  }
  for (let image = 0; image < images; image += blockImages) {
    const count = min(blockImages, images - image);
    for (let n = 0; n < count; n++) {
      const from = dy + <usize>(image + n) * outHeight * outWidth * pixel;
      copyWindow(
        from,
        outHeight,
        outWidth,
        pixel,
        top,
        leftmost,
        windowRows,
        windowColumns,
        windows + <usize>n * windowBytes,
      );
    }
    let packed = panels;
    for (let residueY = 0; residueY < strideY; residueY++) {
      for (let residueX = 0; residueX < strideX; residueX++) {
        let tapCount = 0;
        for (let kh = 0; kh < filterHeight; kh++) {
          const y = residueY - kh * dilationY;
          if (y % strideY != 0) continue;
          for (let kw = 0; kw < filterWidth; kw++) {
            const x = residueX - kw * dilationX;
            if (x % strideX != 0) continue;
            store<u32>(taps + ((<usize>tapCount) << 2), ((y / strideY) * windowColumns + x / strideX) * pixel);
            tapCount++;
          }
        }
        if (tapCount == 0) continue;
        const depth = tapCount * outChannels;
        if (image == 0) packTransposedTaps(filter, residueY, residueX, depth, packed);

        let at: usize = 0;
        for (let n = 0; n < count; n++) {
          for (let q = padTop / strideY; q * strideY + residueY - padTop < height; q++) {
            const y = q * strideY + residueY - padTop;
            if (y < 0) continue;
            for (let p = padLeft / strideX; p * strideX + residueX - padLeft < width; p++) {
              const x = p * strideX + residueX - padLeft;
              if (x < 0) continue;
              store<u32>(sources + at, n * windowBytes + ((q - top) * windowColumns + (p - leftmost)) * pixel);
              store<u32>(destinations + at, n * imageBytes + (y * width + x) * channels * 4);
              at += 4;
            }
          }
        }
        const to = dx + <usize>image * imageBytes;
        convolvePositions(
          windows,
          sources,
          to,
          destinations,
          <i32>(at >> 2),
          taps,
          tapCount,
          outChannels,
          left,
          packed,
          channels,
          0,
          scratch,
        );
        packed += packedBytes(depth, channels);
      }
    }
  }
}

/** The filter of one residue with input channels as columns: panel by panel, tap by tap. */
function packTransposedTaps(filter: usize, residueY: i32, residueX: i32, depth: i32, to: usize): void {
  const pitch = (<usize>outChannels) << 2;
  for (let j = 0; j < channels; j += COLUMNS) {
    let panel = to + ((<usize>j * depth) << 2);
    for (let kh = 0; kh < filterHeight; kh++) {
      if ((residueY - kh * dilationY) % strideY != 0) continue;
      for (let kw = 0; kw < filterWidth; kw++) {
        if ((residueX - kw * dilationX) % strideX != 0) continue;
        const from = filter + <usize>((kh * filterWidth + kw) * channels + j) * pitch;
        packPanelTransposed(from, pitch, outChannels, min(COLUMNS, channels - j), panel);
        panel += <usize>outChannels * COLUMNS * 4;
      }
    }
  }
}

// -------------------------------------------------------------------------------------------------------- filter gradient

function filterGradientRows(): i32 {
  return rowsOf(2 * POSITIONS, outWidth);
}

function filterGradientImages(): i32 {
  if (filterGradientRows() < outHeight) return 1;
  return max(
    1,
    min(imagesOf(inputRows(outHeight) * inputColumns() * channels * 4), POSITIONS / max(outHeight * outWidth, 1)),
  );
}

export function filterGradientScratch(): i32 {
  const rows = filterGradientRows();
  const count = filterGradientImages();
  const window = insideInput() ? 0 : count * inputRows(rows) * inputColumns() * channels * 4;
  return HEADER + leftBytes(count * rows * outWidth) + packedBytes(count * rows * outWidth, outChannels) + window;
}

/** dfilter[kh, kw, ci, co] = sum over (n, oh, ow) of x[n, oh * s + kh * d - pad, ..., ci] dy[n, oh, ow, co]. */
export function convolveFilterGradient(x: usize, dy: usize, dfilter: usize, scratch: usize): void {
  const blockRows = filterGradientRows();
  const blockImages = filterGradientImages();
  const inside = insideInput();
  const windowColumns = inputColumns();
  const pixel = channels * 4;
  const imageBytes = <usize>height * width * pixel;
  const pitch = (<usize>outChannels) << 2;
  const rowPixels = inside ? width : windowColumns;

  const frame = scratch;
  const left = scratch + HEADER;
  const panels = left + leftBytes(blockImages * blockRows * outWidth);
  const windows = panels + packedBytes(blockImages * blockRows * outWidth, outChannels);

  const whole = dilationX == 1;
  const tapCount = whole ? filterHeight : filterHeight * filterWidth;
  const run = whole ? filterWidth * channels : channels;
  const step = <usize>strideX * pixel;
  const rowBytes = <usize>strideY * rowPixels * pixel;

  let flags = 0;
  for (let image = 0; image < images; image += blockImages) {
    const count = min(blockImages, images - image);
    for (let firstRow = 0; firstRow < outHeight; firstRow += blockRows) {
      const rows = min(blockRows, outHeight - firstRow);
      const windowRows = inputRows(rows);
      const windowBytes = inside ? imageBytes : <usize>(windowRows * windowColumns) * pixel;
      const positions = count * rows * outWidth;
      const dyBlock = dy + <usize>((image * outHeight + firstRow) * outWidth) * pitch;
      const panel = (<usize>positions * COLUMNS) << 2;
      packRight(dyBlock, pitch, positions, outChannels, panels, panel);
      let from = x + <usize>image * imageBytes + <usize>(firstRow * strideY * width) * pixel;
      if (!inside) {
        from = windows;
        for (let n = 0; n < count; n++) {
          const top = firstRow * strideY - padTop;
          copyWindow(
            x + <usize>(image + n) * imageBytes,
            height,
            width,
            pixel,
            top,
            -padLeft,
            windowRows,
            windowColumns,
            windows + <usize>n * windowBytes,
          );
        }
      }
      for (let t = 0; t < tapCount; t++) {
        const kh = whole ? t : t / filterWidth;
        const kw = whole ? 0 : t % filterWidth;
        const tap = from + <usize>((kh * dilationY * rowPixels + kw * dilationX) * pixel);
        for (let i = 0; i < run; i += ROWS) {
          const tileHeight = min(ROWS, run - i);
          for (let r = 0; r < tileHeight; r++) {
            store<u32>(frame + ((<usize>r) << 2), <u32>(dfilter + <usize>(t * run + i + r) * pitch));
          }
          let to = left;
          for (let n = 0; n < count; n++) {
            for (let oh = 0; oh < rows; oh++) {
              packLeftColumns(
                tap + <usize>n * windowBytes + <usize>oh * rowBytes + ((<usize>i) << 2),
                step,
                outWidth,
                tileHeight,
                to,
              );
              to += <usize>outWidth * ROWS * 4;
            }
          }
          tileRow(left, panels, panel, positions, frame, 0, tileHeight, outChannels, flags);
        }
      }
      flags = ADD;
    }
  }
}
