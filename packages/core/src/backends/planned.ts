import type { PlannedBackend } from './types.js';

/**
 * A backend that this version cannot run, with what stands in the way.
 *
 * To add one: replace its entry by a `RunnableBackend` in a file of its own; nothing else in the house changes.
 */
export function planned(reason: string, advice: string): PlannedBackend {
  return { status: 'planned', support: () => Promise.resolve({ available: false, reason, advice }) };
}
