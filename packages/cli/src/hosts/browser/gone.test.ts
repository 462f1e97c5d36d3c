import { describe, expect, it } from 'vitest';
import { thrownLine } from './gone.js';

function thrown(message: string, stack: string): Error {
  return Object.assign(new Error(message), { stack: `Error: ${message}\n${stack}` });
}

describe('what a page threw', () => {
  it('names its worker and the line', () => {
    expect(thrownLine(thrown('out of luck', '    at http://127.0.0.1:4100/worker.js:5:34'))).toBe(
      'page: worker, got out of luck (http://127.0.0.1:4100/worker.js:5)',
    );
  });

  it('names a script of the page, called by a function', () => {
    expect(thrownLine(thrown('of\n  luck', '    at tell (http://127.0.0.1:4100/page.js:7:1)'))).toBe(
      'page: script, got of luck (http://127.0.0.1:4100/page.js:7)',
    );
  });

  it('is told without a place where the browser gives none', () => {
    expect(thrownLine(thrown('of luck', ''))).toBe('page: script, got of luck');
  });
});
