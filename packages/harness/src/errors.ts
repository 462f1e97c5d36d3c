/**
 * Input that the harness refuses: a row of an unknown schema, a number that is not finite, samples of different lengths.
 *
 * The harness knows no other package of the house, so it has an error of its own; the message has the same form
 * (`where: what, got X, wanted Y`, then what to do).
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}
