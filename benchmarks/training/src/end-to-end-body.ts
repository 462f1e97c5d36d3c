import { stepUse, tf, type Backend } from '@jembench/core';
import type { OpenBenchmark } from '@jembench/harness';
import { disposeRun, dropped, gradient, train, type Batch, type Plan } from '@jembench/trainers';
import { convnet } from './convnet.js';
import type { EndToEndInputs } from './end-to-end-inputs.js';
import { moment, runAt, tensor } from './run-at.js';

const configOf = ({ values: options, description: { method, seed, epochs, batch } }: Plan) => ({
  ...{ method, options, seed, epochs, batch },
});

/** The trainers' own loop, a step of it at a time; `outputs` is one gradient at the given weights, by the parts that the loop is made of. */
export function endToEndBody(backend: Backend, inputs: EndToEndInputs): OpenBenchmark {
  const { plan, dataset } = inputs;
  const steps = train(configOf(plan), dataset);
  // The loop shows no tensor of its own to wait for. Commands run in their order; one of few values would be answered without the device.
  const mark = tf.zeros([4096]);

  async function step(): Promise<void> {
    const { done, value } = await steps.next();
    if (done) throw new Error(`training ended: ${value.diverged?.reason ?? 'all its steps are taken'}`);
    await backend.fence(mark);
  }

  return {
    step,
    async outputs() {
      const run = await runAt(plan, dataset, inputs.weights);
      const batch: Batch = {
        views: inputs.images.map(tensor),
        globalViews: 2,
        labels: tf.zeros<tf.Rank.R1>([inputs.images[0].shape[0]], 'int32'),
      };
      const found = await gradient(run, batch, moment);
      const slope = await found.byName[convnet.checked].data();
      dropped(found);
      disposeRun(run);
      tf.dispose([...batch.views, batch.labels]);
      return { loss: [found.total], gradient: slope };
    },
    async use() {
      // The first one also makes the networks.
      await step();
      return stepUse(step);
    },
    close() {
      mark.dispose();
      steps.return(undefined as never).catch(() => undefined);
    },
  };
}
