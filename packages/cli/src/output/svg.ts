import { plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** The little of a browser's types that is needed here; this package knows no DOM. */
interface SvgElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}
const emptyPage = (parseHTML as (html: string) => { document: unknown })('<!doctype html><html><body></body></html>');

/** A plot, described as Observable Plot wants it, as the text of an SVG file. */
export function svg(options: object): string {
  const picture = (plot as (options: unknown) => SvgElement)({ ...options, document: emptyPage.document });
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${picture.outerHTML}\n`;
}
