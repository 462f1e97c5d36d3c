import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ensureBuilt, run } from '../../fixtures/cli.js';
import { scratch } from '../../fixtures/scratch.js';
import { webgpuLibrary } from '../../setup/webgpu.js';
import { browserFinding } from '../browser/find.js';

/** The loader of Vulkan and the software driver that travel with Chromium, for a machine that has none of its own. */
function chromiumsDriver(): Record<string, string> | null {
  const browser = browserFinding('chromium').found;
  const folders = ['/usr/lib/chromium', ...(browser === null ? [] : [dirname(browser)])];
  const folder = folders.find((each) =>
    ['libvulkan.so.1', 'vk_swiftshader_icd.json'].every((file) => existsSync(join(each, file))),
  );
  if (folder === undefined) return null;
  return { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json') };
}

/** What is there after each step of a kernel, and when it is closed. */
interface Steps {
  readonly before: Counts;
  readonly steps: readonly Counts[];
  readonly after: Counts;
}

type Counts = Readonly<Record<'numTensors' | 'numBytes' | 'numUsedBuffers' | 'numFreeBuffers', number>>;

interface Doctor {
  readonly backends: readonly { readonly name: string; readonly available: boolean; readonly reason: string }[];
}

async function adapterWith(env: Readonly<Record<string, string>>): Promise<string | null> {
  const { backends } = JSON.parse((await run(['doctor', '--json'], env)).stdout) as Doctor;
  const found = backends.find(({ name }) => name === 'webgpu');
  return found?.available === true ? found.reason : null;
}

/** The environment in which Dawn finds an adapter; null where it finds none, which is said aloud. */
async function environment(): Promise<Readonly<Record<string, string>> | null> {
  const skipped = (why: string): null => {
    console.warn(`skipped: WebGPU in Node: ${why}`);
    return null;
  };
  if (webgpuLibrary() === null) return skipped('not set up; `jembench setup webgpu` (51 MB) sets it up');
  await ensureBuilt();
  for (const env of [{}, chromiumsDriver()]) if (env !== null && (await adapterWith(env)) !== null) return env;
  return skipped('no adapter; install a Vulkan driver, or Chromium, which brings one in software');
}

const env = await environment();
const folder = scratch();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(env === null)('WebGPU in Node', () => {
  const withDriver = env ?? {};

  it('names its adapter, and says when that is software', async () => {
    const reason = (await adapterWith(withDriver)) ?? '';
    expect(reason).toMatch(/^WebGPU on .*\w/);
    expect(reason.endsWith(', in software')).toBe(/swiftshader|llvmpipe/i.test(reason));
  });

  it('passes the golden files of the covariance and of Sinkhorn, and ends cleanly', { timeout: 240_000 }, async () => {
    const args = ['golden', 'embedded', '--backend', 'webgpu', '--topics', 'ops_covariance,ops_sinkhorn'];
    const { code, signal, stdout } = await run(args, withDriver);
    expect(stdout).toMatch(/^all: 56 passed, 0 failed$/m);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it(
    'leaves no tensor and no buffer behind after a step, and does not keep the process alive',
    { timeout: 240_000 },
    () => {
      const script = fileURLToPath(new URL('../../fixtures/webgpu-steps.mjs', import.meta.url));
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], {
        ...{ encoding: 'utf8', env: { ...process.env, ...withDriver } },
      });
      expect({ status, signal }, stderr).toEqual({ status: 0, signal: null });
      const kernels = Object.entries(JSON.parse(stdout) as Record<string, Steps>);
      expect(kernels.map(([kernel]) => kernel)).toEqual(['vicreg-covariance', 'barlow-twins']);
      for (const [, { before, steps, after }] of kernels) {
        // The first step makes the buffers that all others take.
        for (const each of steps.slice(1)) expect(each).toEqual(steps[0]);
        expect({ ...after, numFreeBuffers: 0 }).toEqual({ ...before, numFreeBuffers: 0 });
        expect(after.numUsedBuffers).toBe(0);
      }
    },
  );

  it('trains in a process of its own, and the row says on what', { timeout: 600_000 }, async () => {
    const size = ['--train', '8', '--test', '8', '--epochs', '1', '--batch', '4', '--out', folder];
    const { code, signal, stdout } = await run(
      ['train', 'supervised', '--backend', 'webgpu', ...size, '--json'],
      withDriver,
    );
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    const row = JSON.parse(stdout) as Record<string, unknown>;
    expect(row).toMatchObject({ status: 'ok', backend: 'webgpu' });
    expect(JSON.stringify(row)).toMatch(/"adapter":"[^"]+"/);
  });
});
