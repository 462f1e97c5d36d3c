/** What a loader is busy with; `done` of `total` bytes or images. */
export interface LoadProgress {
  readonly phase: 'wait' | 'download' | 'unpack' | 'read';
  /** The file or folder at hand. */
  readonly file: string;
  readonly done: number;
  readonly total: number;
}

export interface LoadOptions {
  /** Folder with the original files (or, for the published sets, with their customary subfolder or archive). Nothing is downloaded then. */
  readonly dataDir?: string;
  /** Where downloads are kept; the user's cache folder by default. */
  readonly cacheDir?: string;
  /** Seed of what is random in a data set: the pictures of `shapes`, which images a subset takes, a folder's split. 1 by default. */
  readonly seed?: number;
  /** Number of training images: as many as there are by default (`shapes`: 4096), else a stratified subset. */
  readonly train?: number;
  /** Number of test images: as many as there are by default (`shapes`: 1024), else a stratified subset. */
  readonly test?: number;
  /** Height and width to resize to; by default those of the originals, and 32 for `shapes` and folders. */
  readonly size?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Stops the work: `loadDataset` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
