import type { TrainHooks } from '@jembench/trainers';

/** A large state on a slow disk is written less often: writing takes a twentieth of the time at most. */
const leastPause = 20;

/** Hooks of the training loop that save a run's state every so many seconds, and once when it is to stop. */
export interface CheckpointHooks extends TrainHooks {
  /** Asks for a checkpoint after the coming step; true as soon as one was saved since it was first asked. */
  savedOnDemand(): boolean;
}

export function checkpointHooks(
  saveCheckpoint: (state: Uint8Array) => Promise<void>,
  seconds: number,
  resume: Uint8Array | undefined,
): CheckpointHooks {
  let due = performance.now() + 1000 * seconds;
  let demanded = false;
  let saved = false;
  const save = async (state: Uint8Array): Promise<void> => {
    const started = performance.now();
    await saveCheckpoint(state);
    const now = performance.now();
    due = now + Math.max(1000 * seconds, leastPause * (now - started));
    saved = demanded;
  };
  return {
    resume,
    // The loop asks after every step.
    get checkpoint() {
      return demanded || performance.now() >= due ? { everySteps: 1, save } : undefined;
    },
    savedOnDemand() {
      demanded = true;
      return saved;
    },
  };
}
