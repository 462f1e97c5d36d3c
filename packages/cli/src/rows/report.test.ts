import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRow, type Row } from '@jembench/harness';
import { exportCommand } from '../commands/export.js';
import { reportCommand } from '../commands/report.js';
import { inProcess } from '../fixtures/in-process.js';
import { augmentationRow, kernelRow, stepRow, trainingRow } from '../fixtures/rows.js';
import { scratch } from '../fixtures/scratch.js';

/** A folder with these files of rows. */
function folderOf(files: Readonly<Record<string, readonly Row[]>>): string {
  const folder = scratch();
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, name), rows.map(encodeRow).join(''));
  return folder;
}

const timings = {
  'kernels.jsonl': [kernelRow({ command: 'jembench bench kernels' })],
  'training.jsonl': [stepRow({ command: 'jembench bench training' })],
  'augmentations.jsonl': [augmentationRow({ command: 'jembench bench augmentations' })],
};
const report = (...args: string[]) => inProcess(reportCommand, ...args);

describe('jembench report of what bench wrote', () => {
  it('shows kernels, training steps and augmentations on the terminal', async () => {
    const { code, stdout } = await report(folderOf(timings));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Kernel timings · node · wasm\n\n.*\nsinkhorn +forward +64×3000/);
    expect(stdout).toMatch(/Training steps · node · wasm\n\n.*\nvicreg convnet +128 +fused +640 +200/);
    expect(stdout).toMatch(/Augmentations, one core\n\n.*\nsimclr +128×32×32×3 +fused +64000 +51200-80000/);
  });

  it('shows a single file, too', async () => {
    const folder = folderOf(timings);
    const { stdout } = await report(join(folder, 'training.jsonl'));
    expect(stdout).toMatch(/^Training steps/);
    expect(stdout).not.toContain('Kernel timings');
  });

  it('shows them beside the runs of a suite in the same folder', async () => {
    const { stdout } = await report(folderOf({ 'rows.jsonl': [trainingRow(), kernelRow()], ...timings }), '--json');
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Row).kind);
    expect(kinds).toEqual(['training', 'kernel', 'kernel', 'step', 'augmentation']);
  });

  it('writes Markdown under every command and machine that rows came from', async () => {
    const { stdout } = await report(folderOf(timings), '--format', 'markdown');
    expect(stdout).toContain(
      '```sh\njembench bench kernels\njembench bench training\njembench bench augmentations\n```',
    );
    expect(stdout.match(/^Commit abc/gm)).toHaveLength(1);
    expect(stdout).toContain('| vicreg convnet | 128 ');
    expect(stdout).toContain('| simclr | 128×32×32×3 ');
    expect(stdout).not.toContain('over the seeds');
  });

  it('writes a spreadsheet of each kind', async () => {
    const { stdout } = await report(folderOf(timings), '--format', 'csv');
    const [kernels, steps, augmentations, ...rest] = stdout.trim().split('\n\n');
    expect(rest).toEqual([]);
    expect(kernels).toMatch(/^kernel,pass,shape,.*\nsinkhorn,forward/);
    expect(steps).toMatch(/^schema,.*,step,.*\n.*,vicreg convnet,/);
    expect(augmentations).toMatch(/^schema,.*,augmentation,.*\n.*,simclr,/);
  });

  it('names the file of a folder that is broken', async () => {
    const folder = folderOf(timings);
    writeFileSync(join(folder, 'training.jsonl'), '{"schema":1');
    const { code, stderr } = await report(folder);
    expect(code).toBe(2);
    expect(stderr).toContain('training.jsonl:1: line');
  });

  it('shows a view whose sizes a row does not tell', async () => {
    const folder = folderOf({ 'augmentations.jsonl': [augmentationRow({ shape: undefined, low: undefined })] });
    expect((await report(folder)).stdout).toMatch(/simclr +- +fused +64000 +- /);
  });
});

describe('jembench export of what bench wrote', () => {
  const folder = folderOf(timings);
  it.each([
    ['csv', [',sinkhorn,', ',vicreg convnet,', ',simclr,']],
    ['markdown', ['Kernel timings', '| vicreg convnet | 128 ', '| simclr | 128×32×32×3 ']],
    ['summary', ['Kernel timings', '| vicreg convnet | 128 ', '| simclr | 128×32×32×3 ']],
    [
      'junit',
      [
        'name="vicreg convnet step N=128 fused node wasm" classname="jembench.step" time="0.200000"',
        'name="simclr N=128 H=32 W=32 C=3 fused node wasm" classname="jembench.augmentation" time="0.002000"',
      ],
    ],
    ['benchmark-smaller', ['"vicreg convnet step N=128 fused node wasm: ms"']],
    ['benchmark-bigger', ['"simclr N=128 H=32 W=32 C=3 fused node wasm: imagesPerSecond"']],
    ['bencher', ['"vicreg convnet step N=128 fused node wasm"', '"images-per-second"']],
  ])('carries them as %s', async (format, wanted) => {
    const { code, stdout } = await inProcess(exportCommand, folder, '--format', format);
    expect(code).toBe(0);
    for (const text of wanted) expect(stdout).toContain(text);
  });
});
