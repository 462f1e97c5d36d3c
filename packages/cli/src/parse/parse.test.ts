import { describe, expect, it } from 'vitest';
import { hostsOf } from './hosts.js';
import { knownName, nearest } from './nearest.js';
import { integerIn, listOf, numberIn, seedsOf, shardOf } from './numbers.js';

const range = { min: 1, max: 10 };

describe('numbers', () => {
  it('reads what JSON would read', () => {
    expect(numberIn('--x', '1.5', range)).toBe(1.5);
    expect(numberIn('--x', '2e0', range)).toBe(2);
    expect(integerIn('--x', '10', range)).toBe(10);
  });

  it.each(['', ' ', '0', '11', '-1', '0x5', 'NaN', 'Infinity', '1e999', '5 5', 'five', '1_0'])(
    'refuses "%s" by its option',
    (typed) => {
      expect(() => numberIn('--x', typed, range)).toThrow(`--x: number, got "${typed}", wanted one from 1 to 10`);
    },
  );

  it.each(['1.5', '1e1', '', '-3', '11', '99999999999999999999'])('refuses "%s" for a whole number', (typed) => {
    expect(() => integerIn('--x', typed, range)).toThrow('--x: whole number');
  });
});

describe('lists', () => {
  it('come apart at commas', () => {
    expect(listOf('--m', 'a, b,c')).toEqual(['a', 'b', 'c']);
    expect(seedsOf('--seeds', '3,0,1')).toEqual([3, 0, 1]);
    expect(shardOf('--shard', '2/3')).toEqual({ index: 2, count: 3 });
  });

  it.each(['', ',', 'a,,b', 'a,'])('with an empty part are refused: "%s"', (typed) => {
    expect(() => listOf('--m', typed)).toThrow('--m: list');
  });

  it('with a repeated part are refused', () => {
    expect(() => listOf('--m', 'a,a')).toThrow('got "a" twice');
    expect(() => seedsOf('--seeds', '1,01')).toThrow('got 1 twice');
  });

  it.each(['0/3', '4/3', '1/0', '1', 'a/b', '1/2/3', '-1/2'])('that are no shard are refused: "%s"', (typed) => {
    expect(() => shardOf('--shard', typed)).toThrow('wanted i/n');
  });
});

describe('names', () => {
  it('that are nearly right get a hint, others do not', () => {
    expect(nearest('vicrg', ['vicreg', 'byol'])).toBe('vicreg');
    expect(nearest('VICREG', ['vicreg', 'byol'])).toBe('vicreg');
    expect(nearest('transformer', ['vicreg', 'byol'])).toBeNull();
    expect(() => knownName('--methods', 'method', 'barlow-twin', ['barlow-twins', 'byol'])).toThrow(
      '--methods: method, got "barlow-twin", wanted one of barlow-twins, byol; did you mean barlow-twins?',
    );
  });

  it('of hosts keep their order and know no others', () => {
    expect(hostsOf('browser,node')).toEqual(['browser', 'node']);
    expect(() => hostsOf('node,node')).toThrow('got "node" twice');
    expect(() => hostsOf('browsr')).toThrow('did you mean browser?');
  });
});
