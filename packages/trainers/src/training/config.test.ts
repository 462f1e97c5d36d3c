import { InputError } from '@jembench/core';
import { describe, expect, it } from 'vitest';
import { methods } from '../methods/index.js';
import { planned } from './config.js';

describe('planned', () => {
  it("takes the data set's own defaults before the method's, and the user's options before both", () => {
    const usual = planned({ method: 'simsiam' }).values;
    expect(planned({ method: 'simsiam' }, { hue: 0.5, gray: 0.5 }).values).toEqual({ ...usual, hue: 0.5, gray: 0.5 });
    const { values } = planned({ method: 'simsiam', options: { hue: '0.25' } }, { hue: 0.5, gray: 0.5 });
    expect(values).toMatchObject({ hue: 0.25, gray: 0.5 });
  });

  it('says what it took in the description, which decides what may resume', () => {
    const { description } = planned({ method: 'random' }, { hue: 0.5 });
    expect(description.options).toMatchObject({ hue: 0.5 });
  });

  it('takes smaller views from a data set only where encoder and method can: a transformer and hidden patches have one grid', () => {
    const viewSize = (method: string, encoder: string, options = {}) =>
      planned({ method, encoder, options }, { viewSize: 24 }).values.viewSize;
    expect(viewSize('simsiam', 'convnet')).toBe(24);
    expect(viewSize('simsiam', 'resnet18')).toBe(24);
    expect(viewSize('simsiam', 'vit')).toBe(0);
    expect(viewSize('simsiam', 'pixels')).toBe(0);
    expect(viewSize('data2vec', 'vit')).toBe(0);
    expect(viewSize('data2vec', 'convnet')).toBe(0);
    expect(viewSize('simsiam', 'vit', { viewSize: 16 })).toBe(16);
  });

  it('leaves out what a method of one’s own has no option for, but not what a user asks of it', () => {
    const definition = { ...methods.random, options: {} };
    expect(planned({ method: { name: 'own', definition } }, { hue: 0.5 }).values).toEqual({});
    expect(() => planned({ method: { name: 'own', definition }, options: { hue: 0.5 } })).toThrow(InputError);
  });
});
