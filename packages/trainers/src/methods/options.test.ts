import { describe, expect, it } from 'vitest';
import { choice, flag, integer, optionValues, real } from './options.js';

const table = {
  width: integer(8, { from: 1, to: 64 }, 'a width'),
  rate: real(0.5, { from: 0 }, 'a rate'),
  on: flag(true, 'a switch'),
  form: choice('round', ['round', 'square'], 'a form'),
};

describe('optionValues', () => {
  it('are the defaults where nothing is given', () => {
    expect(optionValues('t', table, {})).toEqual({ width: 8, rate: 0.5, on: true, form: 'round' });
  });

  it('reads the words of a command line as what the option is', () => {
    expect(optionValues('t', table, { width: '16', rate: '1e-3', on: 'false', form: 'square' })).toEqual({
      width: 16,
      rate: 0.001,
      on: false,
      form: 'square',
    });
  });

  it.each([
    [{ width: 0 }, 't: option width, got 0, wanted an integer from 1 to 64 (a width)'],
    [{ width: 1.5 }, 't: option width, got 1.5, wanted an integer from 1 to 64'],
    [{ width: '' }, 't: option width, got "", wanted an integer'],
    [{ width: null }, 't: option width, got null, wanted an integer'],
    [{ rate: NaN }, 't: option rate, got null, wanted a number of at least 0'],
    [{ rate: Infinity }, 't: option rate'],
    [{ rate: '0x' }, 't: option rate, got "0x"'],
    [{ on: 1 }, 't: option on, got 1, wanted true or false'],
    [{ form: 'oval' }, 't: option form, got "oval", wanted one of round, square'],
    [{ from: 'x' }, 't: option, got "from", wanted one of width, rate, on, form; did you mean "form"?'],
    [{ toString: 1 }, 't: option, got "toString"'],
  ])('refuses %o', (given, message) => {
    expect(() => optionValues('t', table, given)).toThrow(message);
  });
});
