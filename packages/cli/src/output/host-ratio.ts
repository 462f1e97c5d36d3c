import { sizesText, type KernelRow, type TextTable } from '@jembench/harness';

const key = ({ kernel, pass, shape, implementation, build }: KernelRow): string =>
  JSON.stringify([kernel, pass, shape, implementation, build]);

const isTimed = (row: KernelRow): row is KernelRow & { readonly ms: number } =>
  row.status === 'ok' && row.backend === 'wasm' && typeof row.ms === 'number' && row.ms > 0;

/**
 * How fast the same kernels of the same build run in a browser and in Node: Node's milliseconds over the browser's, above 1 where the browser is
 * faster, and their geometric mean. No table where nothing was timed in both.
 */
export function hostRatioTables(rows: readonly KernelRow[]): TextTable[] {
  const timed = rows.filter(isTimed);
  const pairs = timed
    .filter(({ host }) => host === 'browser')
    .flatMap((browser) => {
      const node = timed.find((row) => row.host === 'node' && key(row) === key(browser));
      return node === undefined ? [] : [{ browser, node, ratio: node.ms / browser.ms }];
    });
  if (pairs.length === 0) return [];
  const mean = Math.exp(pairs.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / pairs.length);
  return [
    {
      title: `wasm in the browser: ${mean.toFixed(2)} times the speed of Node (geometric mean of ${pairs.length})`,
      columns: [
        { header: 'kernel', align: 'left' },
        { header: 'pass', align: 'left' },
        { header: 'shape', align: 'left' },
        { header: 'implementation', align: 'left' },
        { header: 'node ms', align: 'right' },
        { header: 'browser ms', align: 'right' },
        { header: 'speed', align: 'right' },
      ],
      rows: pairs.map(({ browser, node, ratio }) => [
        browser.kernel,
        browser.pass,
        sizesText(browser.shape),
        browser.implementation,
        node.ms.toPrecision(3),
        browser.ms.toPrecision(3),
        ratio.toFixed(2),
      ]),
    },
  ];
}
