import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scratch } from '../fixtures/scratch.js';
import { buildFinding } from './build-finding.js';

it.each(['', '1'])(
  'is the same whether the compiler is told to colour its words or not (FORCE_COLOR=%s)',
  async (colour) => {
    const folder = scratch();
    writeFileSync(join(folder, 'one.ts'), "export const one: number = 'two';");
    const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');
    const env = { ...process.env, FORCE_COLOR: colour };
    const compiled = promisify(execFile)(process.execPath, [tsc, '--noEmit', 'one.ts'], { cwd: folder, env });
    const error = await compiled.catch((refused: unknown) => refused);
    expect(buildFinding(error)).toBe("one.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.");
  },
);
