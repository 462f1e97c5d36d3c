import { InputError, type Dataset, type Split } from '@jembench/core';
import { parseCifar } from '../formats/cifar.js';
import { parseIdxImages, parseIdxLabels } from '../formats/idx.js';
import { assemble } from './assemble.js';
import { cachedFolder, defaultCacheDir } from './cache.js';
import type { DownloadPorts } from './download.js';
import type { LoadOptions } from './options.js';
import { originalFiles, type OriginalFile, type OriginalFiles } from './original-files.js';
import type { CifarSource, IdxSource, PublishedSource } from './published.js';

/** Images of one file with their geometry. */
type Part = Split & { readonly height: number; readonly width: number; readonly channels: number };

/**
 * A published set from a folder of the user's, else from the cache, which a download fills.
 *
 * Of a user's folder, what is there is used: at least one training and one test file; what is missing is said in `notes`.
 *
 * @throws InputError when files are missing, damaged or cannot be fetched.
 */
export async function loadPublished(
  name: string,
  source: PublishedSource,
  options: LoadOptions,
  ports?: Partial<DownloadPorts>,
): Promise<Dataset> {
  const names = fileNames(source);
  const { onProgress, signal } = options;
  const folder =
    options.dataDir ??
    (await cachedFolder(name, source, names, options.cacheDir ?? defaultCacheDir(), { onProgress, signal, ports }));
  const archives = source.downloads.map(({ file }) => file).filter((file) => file.endsWith('.tar.gz'));
  const files = await originalFiles(name, folder, source.folders, archives, names);
  const notes: string[] = [];
  const splits = { train: [] as Part[], test: [] as Part[] };
  for (const split of ['train', 'test'] as const) {
    const found: string[] = [];
    let wanted = 0;
    for (const piece of pieces(source, split)) {
      signal?.throwIfAborted();
      wanted += piece.images;
      const part = await piece.read(files);
      if (!part) continue;
      if (part.count > piece.images) {
        throw new InputError(
          `${name}: images in ${piece.file}, got ${part.count}, wanted at most the published ${piece.images}; check the file`,
        );
      }
      found.push(piece.file);
      splits[split].push(part);
      onProgress?.({ phase: 'read', file: piece.file, done: found.length, total: source[split].length });
    }
    const count = splits[split].reduce((sum, part) => sum + part.count, 0);
    if (found.length === 0) {
      throw new InputError(
        `${name}: ${split} images in ${folder}, got none, wanted ${pieces(source, split)[0].file}, there or in ${source.folders.join(' or ')}; ` +
          'check the data folder, or leave it out to download the set',
      );
    }
    const kind = split === 'train' ? 'training' : 'test';
    if (count < wanted) notes.push(`partial: ${count} of ${wanted} ${kind} images (${found.join(', ')})`);
  }
  const [{ height, width, channels }] = splits.train;
  for (const part of [...splits.train, ...splits.test]) {
    if (part.height !== height || part.width !== width) {
      throw new InputError(
        `${name}: image size, got ${part.width} x ${part.height} beside ${width} x ${height}, wanted one; check the files`,
      );
    }
  }
  const { classes } = source;
  return assemble(
    { name, classes, height, width, channels, train: join(splits.train), test: join(splits.test), notes },
    options,
  );
}

/** A file of images of a split and how to read it. */
interface Piece {
  readonly file: string;
  readonly images: number;
  readonly read: (files: OriginalFiles) => Promise<Part | undefined>;
}

function pieces(source: PublishedSource, split: 'train' | 'test'): Piece[] {
  if (source.kind === 'cifar') {
    return source[split].map(({ file, images }) => ({ file, images, read: (files) => cifarPart(source, file, files) }));
  }
  return source[split].map((piece) => ({
    file: piece.imagesFile,
    images: piece.images,
    read: (files) => idxPart(source, piece, files),
  }));
}

/** All files of a set by their published names, uncompressed. */
function fileNames(source: PublishedSource): ReadonlySet<string> {
  const pieces: readonly (CifarSource['train'][number] | IdxSource['train'][number])[] = [
    ...source.train,
    ...source.test,
  ];
  return new Set(pieces.flatMap((piece) => ('file' in piece ? [piece.file] : [piece.imagesFile, piece.labelsFile])));
}

async function cifarPart(source: CifarSource, file: string, files: OriginalFiles): Promise<Part | undefined> {
  const original = await files(file);
  return (
    original && { ...parseCifar(original.bytes, source.format, original.path), height: 32, width: 32, channels: 3 }
  );
}

async function idxPart(
  source: IdxSource,
  piece: IdxSource['train'][number],
  files: OriginalFiles,
): Promise<Part | undefined> {
  const [images, labels] = [await files(piece.imagesFile), await files(piece.labelsFile)];
  if (!images && !labels) return undefined;
  if (!images || !labels) {
    const [there, missing] = images ? [images, piece.labelsFile] : [labels as OriginalFile, piece.imagesFile];
    throw new InputError(
      `${there.path}: images or labels, got one alone, wanted ${missing} beside them; copy both files`,
    );
  }
  const parsed = parseIdxImages(images.bytes, images.path);
  const classes = parseIdxLabels(labels.bytes, source.classes.length, labels.path);
  if (classes.length !== parsed.count) {
    throw new InputError(
      `${labels.path}: labels, got ${classes.length}, wanted ${parsed.count}, one an image of ${images.path}; check the files`,
    );
  }
  return { ...parsed, labels: classes, channels: 1 };
}

function join(parts: readonly Part[]): Split {
  if (parts.length === 1) return parts[0];
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const images = new Uint8Array(parts.reduce((sum, part) => sum + part.images.length, 0));
  const labels = new Int32Array(count);
  let at = 0;
  let n = 0;
  for (const part of parts) {
    images.set(part.images, at);
    labels.set(part.labels, n);
    at += part.images.length;
    n += part.count;
  }
  return { images, labels, count };
}
