import { ADD, FRAME, tileRow } from './epilogue';
import {
  channels,
  copyWindow,
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
import { packLeftColumns, packLeftRows, packPanelTransposed, packRight } from './pack';
import { COLUMNS, ROWS } from './tiles';
import {
  filter1,
  filter2,
  filterGradient1,
  filterGradient2,
  input1,
  input2,
  inputGradient1,
  inputGradient2,
  INPUTS1,
  INPUTS2,
  output1,
  output2,
  outputGradient1,
  outputGradient2,
  OUTPUTS1,
  OUTPUTS2,
  POINTS1,
  POINTS2,
} from './transforms';

// Fast convolution with 3 x 3 filters and stride 1 or 2: transforms.mjs has the algebra. For each of the points^2 points of a tile,
//   forward:          products[tile, co] = inputs[tile, ci] filter[ci, co]
//   input gradient:   dinputs[tile, ci] = dproducts[tile, co] filter[ci, co]
//   filter gradient:  dfilter[ci, co] = sum over tiles of inputs[tile, ci] dproducts[tile, co]

/** Tiles that are transformed before they are multiplied: their transforms and products stay in the second-level cache. */
const TILES: i32 = 48;
/** The same for the filter gradient, whose result is read and written once a block. */
const GRADIENT_TILES: i32 = 64;

function points(): i32 {
  return strideY == 1 ? POINTS1 : POINTS2;
}

function inputsOfTile(): i32 {
  return strideY == 1 ? INPUTS1 : INPUTS2;
}

function outputsOfTile(): i32 {
  return strideY == 1 ? OUTPUTS1 : OUTPUTS2;
}

function tileRows(): i32 {
  return (outHeight + outputsOfTile() - 1) / outputsOfTile();
}

function tileColumns(): i32 {
  return (outWidth + outputsOfTile() - 1) / outputsOfTile();
}

/**
 * 1 if the convolution that was planned is one for this file, and worth it: few channels leave too little work between the transforms, and tiles
 * that stand out over the edge compute what nobody wants.
 */
export function isFastConvolution(): i32 {
  if (filterHeight != 3 || filterWidth != 3 || dilationY != 1 || dilationX != 1) return 0;
  if (strideY != strideX || strideY > 2) return 0;
  if (channels < 16 || outChannels < 16 || (channels & 3) != 0 || (outChannels & 3) != 0) return 0;
  // The filter is transformed once a call.
  if (images * tileRows() * tileColumns() < 32) return 0;
  const computed = tileRows() * tileColumns() * points() * points();
  return computed * 10 <= outHeight * outWidth * 9 * 8 ? 1 : 0;
}

// ------------------------------------------------------------------------------------------------------------- workspaces

function blockOf(tiles: i32): i32 {
  const perImage = tileRows() * tileColumns();
  return max(1, min(images, (tiles + perImage - 1) / perImage));
}

/** Rows of tiles of one image in a block: all, unless one image has more tiles than a block. */
function blockRowsOf(tiles: i32): i32 {
  const perImage = tileRows() * tileColumns();
  return perImage <= tiles ? tileRows() : max(1, tiles / tileColumns());
}

function windowRows(rows: i32): i32 {
  return (rows - 1) * outputsOfTile() * strideY + inputsOfTile();
}

function windowColumns(): i32 {
  return (tileColumns() - 1) * outputsOfTile() * strideX + inputsOfTile();
}

function pointCount(): i32 {
  return points() * points();
}

function panelBytes(depth: i32, columns: i32): i32 {
  return ((columns + COLUMNS - 1) / COLUMNS) * COLUMNS * depth * 4;
}

/**
 * Bytes from one point to the next: an odd number of cache lines. Transforms touch all points at once, and at distances that are a large power
 * of two these would share one set of the cache.
 */
function spread(floats: i32): usize {
  return (<usize>(((floats + 15) >> 4) | 1)) << 6;
}

/** Room for four channels of the outputs of a tile that stands out over the edge. */
const EDGE: i32 = 256;

function leftBytes(depth: i32): i32 {
  return (ROWS * depth * 4 + 15) & ~15;
}

export function fastForwardScratch(): i32 {
  const tiles = blockOf(TILES) * blockRowsOf(TILES) * tileColumns();
  const window = blockOf(TILES) * windowRows(blockRowsOf(TILES)) * windowColumns() * channels * 4;
  const filters = pointCount() * (panelBytes(channels, outChannels) + <i32>spread(channels * outChannels));
  return (
    FRAME +
    64 +
    EDGE +
    leftBytes(channels) +
    filters +
    window +
    pointCount() * <i32>(spread(tiles * channels) + spread(tiles * outChannels))
  );
}

export function fastInputGradientScratch(): i32 {
  const tiles = blockOf(TILES) * blockRowsOf(TILES) * tileColumns();
  const window = blockOf(TILES) * windowRows(tileRows()) * windowColumns() * channels * 4;
  const padded =
    blockOf(TILES) * blockRowsOf(TILES) * outputsOfTile() * tileColumns() * outputsOfTile() * outChannels * 4;
  const filters = pointCount() * (panelBytes(outChannels, channels) + <i32>spread(channels * outChannels));
  return (
    FRAME +
    64 +
    EDGE +
    leftBytes(outChannels) +
    filters +
    window +
    padded +
    pointCount() * <i32>(spread(tiles * channels) + spread(tiles * outChannels))
  );
}

export function fastFilterGradientScratch(): i32 {
  const rows = blockRowsOf(GRADIENT_TILES);
  const tiles = blockOf(GRADIENT_TILES) * rows * tileColumns();
  const window = blockOf(GRADIENT_TILES) * windowRows(rows) * windowColumns() * channels * 4;
  const padded = blockOf(GRADIENT_TILES) * rows * outputsOfTile() * tileColumns() * outputsOfTile() * outChannels * 4;
  const gradients = pointCount() * <i32>spread(channels * outChannels);
  return (
    FRAME +
    64 +
    EDGE +
    leftBytes(tiles) +
    panelBytes(tiles, outChannels) +
    gradients +
    window +
    padded +
    pointCount() * <i32>(spread(tiles * channels) + spread(tiles * outChannels))
  );
}

// -------------------------------------------------------------------------------------------------------------- transforms

/** Input pixels of a tile to its points, `point` bytes apart. */
function transformInput(from: usize, row: usize, pixel: usize, to: usize, point: usize, vectors: i32): void {
  if (strideY == 1) input1(from, pixel, row, to, point, POINTS1 * point, vectors);
  else input2(from, pixel, row, to, point, POINTS2 * point, vectors);
}

/** Products at the points of a tile to its output pixels. */
function transformOutput(from: usize, point: usize, to: usize, row: usize, pixel: usize, vectors: i32): void {
  if (strideY == 1) output1(from, point, POINTS1 * point, to, pixel, row, vectors);
  else output2(from, point, POINTS2 * point, to, pixel, row, vectors);
}

/** The gradient at the output pixels of a tile to the gradient at its points. */
function transformOutputGradient(from: usize, row: usize, pixel: usize, to: usize, point: usize, vectors: i32): void {
  if (strideY == 1) outputGradient1(from, pixel, row, to, point, POINTS1 * point, vectors);
  else outputGradient2(from, pixel, row, to, point, POINTS2 * point, vectors);
}

/** The gradient at the points of a tile, added to the gradient at its input pixels: tiles overlap there. */
function transformInputGradient(from: usize, point: usize, to: usize, row: usize, pixel: usize, vectors: i32): void {
  if (strideY == 1) inputGradient1(from, point, POINTS1 * point, to, pixel, row, vectors);
  else inputGradient2(from, point, POINTS2 * point, to, pixel, row, vectors);
}

/** The filter at the points: `to` holds [points^2, channels, outChannels]. */
function transformFilter(filter: usize, to: usize): void {
  const tap = (<usize>(channels * outChannels)) << 2;
  const point = spread(channels * outChannels);
  const vectors = <i32>(tap >> 4);
  if (strideY == 1) filter1(filter, tap, 3 * tap, to, point, POINTS1 * point, vectors);
  else filter2(filter, tap, 3 * tap, to, point, POINTS2 * point, vectors);
}

/** The gradient at the points, [points^2, channels, outChannels], to the gradient of the filter. */
function transformFilterGradient(from: usize, dfilter: usize): void {
  const tap = (<usize>(channels * outChannels)) << 2;
  const point = spread(channels * outChannels);
  const vectors = <i32>(tap >> 4);
  if (strideY == 1) filterGradient1(from, point, POINTS1 * point, dfilter, tap, 3 * tap, vectors);
  else filterGradient2(from, point, POINTS2 * point, dfilter, tap, 3 * tap, vectors);
}

/** products[tile, columns] = rows[tile, depth] panels, for one point. */
function multiplyTiles(
  from: usize,
  tiles: i32,
  depth: i32,
  panels: usize,
  to: usize,
  columns: i32,
  left: usize,
  frame: usize,
): void {
  const sources = frame + FRAME;
  const tap = sources + 32;
  const pitch = (<usize>depth) << 2;
  const toPitch = (<usize>columns) << 2;
  const panel = (<usize>depth * COLUMNS) << 2;
  for (let i = 0; i < tiles; i += ROWS) {
    for (let r = 0; r < ROWS; r++) {
      const row = <usize>min(i + r, tiles - 1);
      store<u32>(sources + ((<usize>r) << 2), <u32>(from + row * pitch));
      store<u32>(frame + ((<usize>r) << 2), <u32>(to + row * toPitch));
    }
    packLeftRows(sources, tap, 1, depth, left);
    tileRow(left, panels, panel, depth, frame, 0, min(ROWS, tiles - i), columns, 0);
  }
}

/** Transforms the input under `rows` rows of tiles of one image, from a window whose corner is the first tile's. */
function transformInputTiles(window: usize, rows: i32, to: usize, point: usize): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>windowColumns() * pixel;
  const step = <usize>(outputsOfTile() * strideY);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < tileColumns(); x++) {
      transformInput(window + <usize>y * step * row + <usize>x * step * pixel, row, pixel, to, point, channels >> 2);
      to += pixel;
    }
  }
}

/** Transforms dy under `rows` rows of tiles of one image, from a copy that is padded to whole tiles. */
function transformOutputGradientTiles(padded: usize, rows: i32, to: usize, point: usize): void {
  const pixel = (<usize>outChannels) << 2;
  const m = outputsOfTile();
  const row = <usize>(tileColumns() * m) * pixel;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < tileColumns(); x++) {
      transformOutputGradient(
        padded + <usize>(y * m) * row + <usize>(x * m) * pixel,
        row,
        pixel,
        to,
        point,
        outChannels >> 2,
      );
      to += pixel;
    }
  }
}

// ------------------------------------------------------------------------------------------------------------------ passes

/** y = convolution of x with the filter. */
export function fastConvolve(x: usize, filter: usize, y: usize, scratch: usize): void {
  const frame = scratch;
  const edge = frame + FRAME + 64;
  const left = edge + EDGE;
  const panels = left + leftBytes(channels);
  const panel = <usize>panelBytes(channels, outChannels);
  const filters = panels + <usize>pointCount() * panel;
  const filterBytes = spread(channels * outChannels);
  const windows = filters + <usize>pointCount() * filterBytes;

  store<u32>(frame + FRAME + 32, 0);
  transformFilter(filter, filters);
  for (let p = 0; p < pointCount(); p++) {
    packRight(
      filters + <usize>p * filterBytes,
      (<usize>outChannels) << 2,
      channels,
      outChannels,
      panels + <usize>p * panel,
      (<usize>channels * COLUMNS) << 2,
    );
  }
  const pixel = channels * 4;
  const outPixel = (<usize>outChannels) << 2;
  const outRow = <usize>outWidth * outPixel;
  const imageBytes = <usize>(height * width * pixel);
  const outImageBytes = <usize>outHeight * outRow;
  const m = outputsOfTile();
  const blockImages = blockOf(TILES);
  const blockRows = blockRowsOf(TILES);
  const blockWindow = <usize>(windowRows(blockRows) * windowColumns()) * pixel;
  const inputs = windows + <usize>blockImages * blockWindow;
  const perRow = tileColumns();

  for (let first = 0; first < tileRows(); first += blockRows) {
    const rows = min(blockRows, tileRows() - first);
    for (let image = 0; image < images; image += blockImages) {
      const count = min(blockImages, images - image);
      const tiles = count * rows * perRow;
      const point = spread(tiles * channels);
      const outPoint = spread(tiles * outChannels);
      const products = inputs + <usize>pointCount() * point;
      for (let n = 0; n < count; n++) {
        const window = windows + <usize>n * blockWindow;
        const top = first * m * strideY - padTop;
        copyWindow(
          x + <usize>(image + n) * imageBytes,
          height,
          width,
          pixel,
          top,
          -padLeft,
          windowRows(rows),
          windowColumns(),
          window,
        );
        transformInputTiles(window, rows, inputs + <usize>(n * rows * perRow * pixel), point);
      }
      for (let p = 0; p < pointCount(); p++) {
        multiplyTiles(
          inputs + <usize>p * point,
          tiles,
          channels,
          panels + <usize>p * panel,
          products + <usize>p * outPoint,
          outChannels,
          left,
          frame,
        );
      }
      let from = products;
      for (let n = 0; n < count; n++) {
        const imageTo = y + <usize>(image + n) * outImageBytes;
        for (let ty = first; ty < first + rows; ty++) {
          for (let tx = 0; tx < perRow; tx++) {
            writeOutputTile(from, outPoint, imageTo, ty * m, tx * m, outRow, outPixel, edge);
            from += outPixel;
          }
        }
      }
    }
  }
}

/** Writes the outputs of a tile; those beyond the edge are dropped. */
function writeOutputTile(
  from: usize,
  point: usize,
  image: usize,
  top: i32,
  left: i32,
  row: usize,
  pixel: usize,
  edge: usize,
): void {
  const m = outputsOfTile();
  const to = image + <usize>top * row + <usize>left * pixel;
  if (top + m <= outHeight && left + m <= outWidth) {
    transformOutput(from, point, to, row, pixel, outChannels >> 2);
    return;
  }
  for (let at: usize = 0; at < pixel; at += 16) {
    transformOutput(from + at, point, edge, (<usize>m) << 4, 16, 1);
    for (let y = 0; y < min(m, outHeight - top); y++) {
      for (let x = 0; x < min(m, outWidth - left); x++) {
        v128.store(to + <usize>y * row + <usize>x * pixel + at, v128.load(edge + ((<usize>(y * m + x)) << 4)));
      }
    }
  }
}

/** dx = gradient by the input. */
export function fastInputGradient(dy: usize, filter: usize, dx: usize, scratch: usize): void {
  const frame = scratch;
  const left = frame + FRAME + 64;
  const panels = left + leftBytes(outChannels);
  const panel = <usize>panelBytes(outChannels, channels);
  const filters = panels + <usize>pointCount() * panel;
  const filterBytes = spread(channels * outChannels);
  const windows = filters + <usize>pointCount() * filterBytes;

  store<u32>(frame + FRAME + 32, 0);
  transformFilter(filter, filters);
  const rowBytes = (<usize>outChannels) << 2;
  for (let p = 0; p < pointCount(); p++) {
    for (let j = 0; j < channels; j += COLUMNS) {
      const from = filters + <usize>p * filterBytes + <usize>j * rowBytes;
      const to = panels + <usize>p * panel + ((<usize>j * outChannels) << 2);
      packPanelTransposed(from, rowBytes, outChannels, min(COLUMNS, channels - j), to);
    }
  }
  const pixel = channels * 4;
  const outPixel = outChannels * 4;
  const imageBytes = <usize>(height * width * pixel);
  const outImageBytes = <usize>(outHeight * outWidth * outPixel);
  const m = outputsOfTile();
  const blockImages = blockOf(TILES);
  const blockRows = blockRowsOf(TILES);
  const windowBytes = <usize>(windowRows(tileRows()) * windowColumns()) * pixel;
  const paddedBytes = <usize>(blockRows * m * tileColumns() * m * outPixel);
  const padded = windows + <usize>blockImages * windowBytes;
  const gradients = padded + <usize>blockImages * paddedBytes;
  const row = <usize>windowColumns() * pixel;
  const step = <usize>(m * strideY);
  const perRow = tileColumns();

  for (let image = 0; image < images; image += blockImages) {
    const count = min(blockImages, images - image);
    memory.fill(windows, 0, <usize>count * windowBytes);
    for (let first = 0; first < tileRows(); first += blockRows) {
      const rows = min(blockRows, tileRows() - first);
      const tiles = count * rows * perRow;
      const outPoint = spread(tiles * outChannels);
      const point = spread(tiles * channels);
      const inputs = gradients + <usize>pointCount() * outPoint;
      for (let n = 0; n < count; n++) {
        const from = dy + <usize>(image + n) * outImageBytes;
        copyWindow(
          from,
          outHeight,
          outWidth,
          outPixel,
          first * m,
          0,
          rows * m,
          perRow * m,
          padded + <usize>n * paddedBytes,
        );
        transformOutputGradientTiles(
          padded + <usize>n * paddedBytes,
          rows,
          gradients + <usize>(n * rows * perRow * outPixel),
          outPoint,
        );
      }
      for (let p = 0; p < pointCount(); p++) {
        multiplyTiles(
          gradients + <usize>p * outPoint,
          tiles,
          outChannels,
          panels + <usize>p * panel,
          inputs + <usize>p * point,
          channels,
          left,
          frame,
        );
      }
      let from = inputs;
      for (let n = 0; n < count; n++) {
        for (let ty = first; ty < first + rows; ty++) {
          for (let tx = 0; tx < perRow; tx++) {
            const to = windows + <usize>n * windowBytes + <usize>ty * step * row + <usize>(tx * pixel) * step;
            transformInputGradient(from, point, to, row, pixel, channels >> 2);
            from += pixel;
          }
        }
      }
    }
    for (let n = 0; n < count; n++)
      copyInterior(windows + <usize>n * windowBytes, row, dx + <usize>(image + n) * imageBytes);
  }
}

/** Copies the part of a padded window that is the image; what no tile reaches is zero. */
function copyInterior(window: usize, row: usize, image: usize): void {
  const pixel = channels * 4;
  const rowBytes = <usize>(width * pixel);
  const reached = max(0, min(width, windowColumns() - padLeft));
  for (let y = 0; y < height; y++) {
    const to = image + <usize>y * rowBytes;
    if (y + padTop >= windowRows(tileRows())) {
      memory.fill(to, 0, rowBytes);
      continue;
    }
    memory.copy(to, window + <usize>(y + padTop) * row + <usize>(padLeft * pixel), <usize>(reached * pixel));
    if (reached < width) memory.fill(to + <usize>(reached * pixel), 0, <usize>((width - reached) * pixel));
  }
}

/** dfilter = gradient by the filter. */
export function fastFilterGradient(x: usize, dy: usize, dfilter: usize, scratch: usize): void {
  const blockImages = blockOf(GRADIENT_TILES);
  const blockRows = blockRowsOf(GRADIENT_TILES);
  const most = blockImages * blockRows * tileColumns();
  const frame = scratch;
  const left = frame + FRAME + 64;
  const right = left + leftBytes(most);
  const totals = right + panelBytes(most, outChannels);
  const totalBytes = spread(channels * outChannels);
  const windows = totals + <usize>pointCount() * totalBytes;

  const pixel = channels * 4;
  const outPixel = outChannels * 4;
  const imageBytes = <usize>(height * width * pixel);
  const outImageBytes = <usize>(outHeight * outWidth * outPixel);
  const m = outputsOfTile();
  const windowBytes = <usize>(windowRows(blockRows) * windowColumns()) * pixel;
  const paddedBytes = <usize>(blockRows * m * tileColumns() * m * outPixel);
  const padded = windows + <usize>blockImages * windowBytes;
  const inputs = padded + <usize>blockImages * paddedBytes;
  const perRow = tileColumns();
  const rowBytes = (<usize>outChannels) << 2;

  let flags = 0;
  for (let first = 0; first < tileRows(); first += blockRows) {
    const rows = min(blockRows, tileRows() - first);
    for (let image = 0; image < images; image += blockImages) {
      const count = min(blockImages, images - image);
      const tiles = count * rows * perRow;
      const point = spread(tiles * channels);
      const outPoint = spread(tiles * outChannels);
      const gradients = inputs + <usize>pointCount() * point;
      for (let n = 0; n < count; n++) {
        const window = windows + <usize>n * windowBytes;
        const top = first * m * strideY - padTop;
        copyWindow(
          x + <usize>(image + n) * imageBytes,
          height,
          width,
          pixel,
          top,
          -padLeft,
          windowRows(rows),
          windowColumns(),
          window,
        );
        transformInputTiles(window, rows, inputs + <usize>(n * rows * perRow * pixel), point);
        const from = dy + <usize>(image + n) * outImageBytes;
        copyWindow(
          from,
          outHeight,
          outWidth,
          outPixel,
          first * m,
          0,
          rows * m,
          perRow * m,
          padded + <usize>n * paddedBytes,
        );
        transformOutputGradientTiles(
          padded + <usize>n * paddedBytes,
          rows,
          gradients + <usize>(n * rows * perRow * outPixel),
          outPoint,
        );
      }
      const panel = (<usize>tiles * COLUMNS) << 2;
      for (let p = 0; p < pointCount(); p++) {
        packRight(gradients + <usize>p * outPoint, outPixel, tiles, outChannels, right, panel);
        for (let i = 0; i < channels; i += ROWS) {
          const tileHeight = min(ROWS, channels - i);
          for (let r = 0; r < tileHeight; r++) {
            store<u32>(frame + ((<usize>r) << 2), <u32>(totals + <usize>p * totalBytes + <usize>(i + r) * rowBytes));
          }
          packLeftColumns(inputs + <usize>p * point + ((<usize>i) << 2), pixel, tiles, tileHeight, left);
          tileRow(left, right, panel, tiles, frame, 0, tileHeight, outChannels, flags);
        }
      }
      flags = ADD;
    }
  }
  transformFilterGradient(totals, dfilter);
}
