import { stripVTControlCharacters } from 'node:util';
import { errorLine } from '../error-line.js';

/** What a compiler, a bundler or Node that was run by execFile calls an error, rather than the line of code that it quotes. */
export function buildFinding(error: unknown): string {
  const { stdout = '', stderr = '' } = error as Partial<Record<'stdout' | 'stderr', string>>;
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n');
  const said = lines.find((line) => /^\w*Error: |error TS\d/.test(line)) ?? lines.find((line) => /error/i.test(line));
  // Told to colour (FORCE_COLOR), TypeScript writes places differently, too.
  return said?.trim().replace(/:(\d+):(\d+) - (?=error TS)/, '($1,$2): ') ?? errorLine(error);
}
