import type * as z from 'zod';
import { HarnessError } from '../errors.js';
import { describeIssues } from './issues.js';

/**
 * Parsed JSON as the schema has it, of that version.
 *
 * @param what was written: `row`, `history`.
 * @throws HarnessError for another version, and for a field that does not fit.
 */
export function versioned<T>(schema: z.ZodType<T>, wanted: number, what: string, value: unknown, where: string): T {
  const version = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (version !== wanted) {
    throw new HarnessError(
      `${where}: schema, got ${JSON.stringify(version) ?? 'none'}, wanted ${wanted}. ` +
        `The ${what} was written by another version of jembench; read it with that version.`,
    );
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new HarnessError(`${where}: ${describeIssues(result.error.issues)}`);
  return result.data;
}
