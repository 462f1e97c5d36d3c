import { closest, distance } from 'fastest-levenshtein';
import { InputError } from '@jembench/core';

/** The known name that is closest to what was typed, where it is close enough to be a slip. */
export function nearest(typed: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const candidate = closest(typed.toLowerCase(), known);
  const slips = Math.max(2, Math.floor(candidate.length / 3));
  return distance(typed.toLowerCase(), candidate.toLowerCase()) <= slips ? candidate : null;
}

/**
 * `typed`, when it is one of `known`.
 *
 * @throws InputError "where: what, got X, wanted one of A, B; did you mean A?".
 */
export function knownName<Name extends string>(
  where: string,
  what: string,
  typed: string,
  known: readonly Name[],
): Name {
  const name = known.find((candidate) => candidate === typed);
  if (name !== undefined) return name;
  const guess = nearest(typed, known);
  const hint = guess === null ? '' : `; did you mean ${guess}?`;
  throw new InputError(`${where}: ${what}, got "${typed}", wanted one of ${known.join(', ')}${hint}`);
}
