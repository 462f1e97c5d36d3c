import { expect, it, vi } from 'vitest';
import { InputError } from '@jembench/core';
import { HarnessError } from '@jembench/harness';
import { Interrupted } from '../errors.js';
import { inProcess } from '../fixtures/in-process.js';
import { mergeBase } from '../gate/checkout.js';
import { gateCommand } from './gate.js';

vi.mock('../gate/checkout.js', { spy: true });

it.each([
  ['a bug', new TypeError('x is not a function'), 70, 'internal error: x is not a function'],
  ['a clone that does not fit', new InputError('--base: common ancestor, got none'), 2, 'common ancestor, got none'],
  ['a measurement that failed', new HarnessError('process ended with SIGKILL'), 2, 'process ended with SIGKILL'],
  ['Ctrl-C', new Interrupted('stopped'), 130, 'stopped'],
])('%s is no verdict: it has one line and its exit code', async (_, error, wanted, says) => {
  vi.mocked(mergeBase).mockImplementationOnce(() => {
    throw error;
  });
  const { code, stdout, stderr } = await inProcess(gateCommand, '--base', 'main');
  expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it.each([
  [['--base', 'no-such-ref', '--dirty'], '--base: commit, got "no-such-ref"'],
  [['--base', 'HEAD', '--clock', 'cpu'], '--clock: clock, got "cpu", wanted one of processor, wall'],
  [['--base', 'HEAD', '--backend', 'wsm'], 'did you mean wasm?'],
  [['--base', 'HEAD', '--allow', 'bundle bytes'], '--allow: allowance, got "bundle bytes"'],
])('%j is refused in one line, with exit code 2', async (args, says) => {
  const { code, stdout, stderr } = await inProcess(gateCommand, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
