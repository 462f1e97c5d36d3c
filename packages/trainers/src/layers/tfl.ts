/** The door to tfjs-layers: networks are its models, so that any page with tfjs can load what was trained here. */
export * as tfl from '@tensorflow/tfjs-layers';
export type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
