import { expect, it } from 'vitest';
import { smallerViews } from './views.js';

it('views have three quarters of the side of a square image, in whole pixels', () => {
  expect(smallerViews(32, 32)).toEqual({ viewSize: 24 });
  expect(smallerViews(28, 28)).toEqual({ viewSize: 21 });
  expect(smallerViews(18, 18)).toEqual({ viewSize: 14 });
});

it('views of small images, and of those that are not square, are as large as the images', () => {
  expect(smallerViews(15, 15)).toEqual({});
  expect(smallerViews(32, 24)).toEqual({});
});
