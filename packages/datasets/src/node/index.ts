export { defaultCacheDir } from './cache.js';
export { decodeImage, encodePng } from './image.js';
export { datasetNames, loadDataset } from './load.js';
export type { LoadOptions, LoadProgress } from './options.js';
