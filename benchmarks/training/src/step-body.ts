import { stepUse, tf, type Backend, type Tensor } from '@jembench/core';
import type { OpenBenchmark } from '@jembench/harness';
import {
  defineMethod,
  disposeRun,
  dropped,
  followed,
  gradient,
  planned,
  sgd,
  type Batch,
  type RunState,
} from '@jembench/trainers';
import type { Architecture } from './architecture.js';
import type { StepInputs } from './inputs.js';
import { moment, runAt, tensor } from './run-at.js';

export const learningRate = 0.01;

/** A run, its batch, and what else has to be freed. */
interface Ready {
  readonly run: RunState;
  readonly batch: Batch;
  readonly inputs: readonly Tensor[];
}

/**
 * A training step of the trainers on the active backend: forward, backward, SGD without momentum, on one batch that is there already.
 *
 * The weights go on from step to step, as they do in training; `outputs` is asked before the first.
 */
export function stepBody(backend: Backend, architecture: Architecture, inputs: StepInputs): OpenBenchmark {
  let held: Ready | null = null;
  const ready = started(architecture, inputs).then((it) => (held = it));
  ready.catch(() => undefined); // told by whoever uses it

  async function step(): Promise<void> {
    const { run, batch } = await ready;
    followed(run, await gradient(run, batch, moment), moment, { learningRate });
    await backend.fence(run.online.weights[0].variable);
  }

  return {
    step,
    async outputs() {
      const { run, batch } = await ready;
      const found = await gradient(run, batch, moment);
      const slope = await found.byName[architecture.checked].data();
      dropped(found);
      return { loss: [found.total], gradient: slope };
    },
    async use() {
      await ready;
      return stepUse(step);
    },
    close() {
      if (held === null) return;
      disposeRun(held.run);
      tf.dispose([...held.inputs]);
      held = null;
    },
  };
}

async function started({ name, source }: Architecture, { images, target, weights }: StepInputs): Promise<Ready> {
  const [N, height, width, channels] = images.shape;
  const views = tensor(images);
  const wanted = tensor(target);
  const labels = tf.zeros<tf.Rank.R1>([N], 'int32');
  const definition = defineMethod({
    paper: '',
    about: 'the squared error of the features, for its gradient',
    options: {},
    views: () => ({ global: [] }),
    networks: () => ({}),
    loss: ({ online: [{ features }] }) => ({ total: tf.mean(tf.square(tf.sub(features, wanted))) }),
  });
  const plan = planned({ method: { name: `${name} step`, definition }, encoder: source, batch: N });
  const run = await runAt(plan, { height, width, channels }, weights, sgd({ momentum: 0 }));
  return { run, batch: { views: [views], globalViews: 1, labels }, inputs: [views, wanted, labels] };
}
