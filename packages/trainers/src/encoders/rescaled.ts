import { wire } from '../layers/apply.js';
import { tfl, type SymbolicTensor } from '../layers/tfl.js';

/** Pixels in [0, 1] brought to about zero mean and unit variance: part of the network, so that its file takes plain images. */
export function rescaled(input: SymbolicTensor): SymbolicTensor {
  return wire(tfl.layers.rescaling({ scale: 4, offset: -2, name: 'rescale' }), input);
}
