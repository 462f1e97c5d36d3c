import { defineMethod } from './define.js';
import { integer } from './options.js';
import { oneView } from './views.js';

/** The encoder as it was drawn: the row that training has to beat. */
export const random = defineMethod({
  paper: '',
  about: 'reference: the encoder untrained',
  options: {
    hidden: integer(512, { from: 1, to: 8192 }, 'projector width, for the projector columns'),
    dim: integer(512, { from: 2, to: 8192 }, 'embedding width'),
  },
  views: oneView,
  networks: (kit, o) => ({ projector: kit.mlp([o.hidden, o.hidden, o.dim], { lastBias: false }) }),
});
