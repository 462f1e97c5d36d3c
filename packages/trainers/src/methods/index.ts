import { barlowTwins } from './barlow-twins.js';
import { byol } from './byol.js';
import { data2vec } from './data2vec.js';
import type { Method } from './define.js';
import { dino } from './dino.js';
import { random } from './random.js';
import { simclr } from './simclr.js';
import { simsiam } from './simsiam.js';
import { supervised } from './supervised.js';
import { swav } from './swav.js';
import { vicreg } from './vicreg.js';

/** Every method by name: eight joint-embedding methods and two reference rows. */
export const methods = {
  vicreg,
  'barlow-twins': barlowTwins,
  swav,
  byol,
  simsiam,
  dino,
  data2vec,
  simclr,
  supervised,
  random,
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof methods;
