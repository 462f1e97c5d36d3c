import { InputError, type Tensor2D } from '@jembench/core';
import { vicreg, vicregDialects, type VicregConventions, type VicregDialect } from '@jembench/losses';
import type { CaseReader } from '../case-reader.js';
import type { GoldenTopic } from '../topic.js';
import { gradients } from './gradients.js';

export const vicregDialectsTopic: GoldenTopic = {
  name: 'vicreg_dialects',
  // Centring, covariance and the sum of its squares: three sums deep, each over the batch or its square.
  tolerance: { precision: 'float32', ulps: 3 },
  run(reader) {
    const views = { a: reader.inputTensor('a') as Tensor2D, b: reader.inputTensor('b') as Tensor2D };
    const dialect = choice(reader, 'dialect', dialectNames);
    const conventions: VicregConventions = vicregDialects[dialect];
    checkConventions(reader, conventions);
    const eps = reader.param<number>('eps');
    const options = {
      dialect,
      gamma: reader.param<number>('gamma'),
      // The hinge on the variance has no eps, which the files write as 0.
      eps: conventions.spread === 'variance' && eps === 0 ? undefined : eps,
      centre: reader.param<boolean>('centred'),
      weights: {
        invariance: reader.param<number>('simCoeff'),
        variance: reader.param<number>('stdCoeff'),
        covariance: reader.param<number>('covCoeff'),
      },
    };
    const loss = vicreg(views.a, views.b, options);
    for (const name of ['total', 'invariance', 'variance', 'covariance'] as const) {
      reader.expectScalar(name, loss[name]);
    }
    const grads = gradients(views, ({ a, b }) => vicreg(a, b, options).total);
    for (const branch of ['a', 'b'] as const) {
      for (const term of ['variance', 'covariance'] as const) {
        const name = `${term}_${branch}`;
        if (reader.has('outputs', name)) reader.expectScalar(name, loss[branch][term]);
      }
      reader.expectGradient(branch, grads[branch]);
    }
  },
};

/** The files' names of our dialects and of their conventions. */
const dialectNames: Readonly<Record<string, VicregDialect>> = {
  official: 'official',
  paper: 'paper',
  'solo-learn': 'solo-learn',
  eb_jepa: 'eb-jepa',
  'nyu-lecture': 'lecture',
};
const spreads = { std: 'std', 'variance (C_ii, no eps, no sqrt)': 'variance' } as const;
const covariances = { '/D': 'dimensions', 'mean over D*(D-1) off-diagonal entries': 'entries' } as const;
const invariances = { 'mean over N*D': 'entry', 'mean over N of squared L2 norm': 'row' } as const;

/** A case spells out what its dialect means; ours has to mean the same. */
function checkConventions(reader: CaseReader, conventions: VicregConventions): void {
  const stated = {
    spread: choice(reader, 'varianceStatistic', spreads),
    varianceFactor: reader.param<boolean>('varianceHalf') ? 0.5 : 1,
    ddof: reader.param<number>('ddof'),
    covariance: choice(reader, 'covarianceReduction', covariances),
    invariance: choice(reader, 'invarianceReduction', invariances),
  };
  for (const [name, wanted] of Object.entries(stated)) {
    const ours = conventions[name as keyof typeof stated];
    if (ours !== wanted) throw new Error(`our dialect has ${name} ${ours}, the case has ${wanted}`);
  }
}

function choice<T>(reader: CaseReader, key: string, table: Readonly<Record<string, T>>): T {
  const value = reader.param<string>(key);
  if (Object.hasOwn(table, value)) return table[value];
  throw new InputError(
    `${reader.name}: params.${key}, got "${value}", wanted one of "${Object.keys(table).join('", "')}"`,
  );
}
