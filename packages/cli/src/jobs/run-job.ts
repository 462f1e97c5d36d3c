import { checkedFence } from '@jembench/bench-kernels';
import { InputError, useBackend, type Backend } from '@jembench/core';
import { conformanceItems } from '@jembench/testing/conformance';
import { errorLine } from '../error-line.js';
import { deviceWatch } from './device-watch.js';
import type { ConformanceJob, Finding, FromWorker, Job, Setup, SetupJob } from './job.js';
import { timeKernels } from './kernels.js';
import { messageReport } from './report.js';
import type { Site } from './site.js';
import { trainAndScore } from './training.js';

/** Does a job and says how it went; the last message is `done`, `stopped` or `failed`. Never throws. */
export async function runJob(
  job: Job,
  site: Site,
  send: (message: FromWorker) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  try {
    await send({ type: (await work(job, site, send, stop)) ? 'done' : 'stopped' });
  } catch (error) {
    site.debug(error);
    await send({ type: 'failed', reason: errorLine(error) });
  }
}

/** False where it was stopped on the way. */
async function work(
  job: Job,
  site: Site,
  send: (message: FromWorker) => Promise<void>,
  stop: AbortSignal,
): Promise<boolean> {
  const report = messageReport(send);
  switch (job.kind) {
    case 'training': {
      const row = await trainAndScore(job, site, report, stop);
      if (row !== null) await send({ type: 'row', row });
      return row !== null;
    }
    case 'kernels':
      for await (const row of timeKernels(job, site, report, stop)) await send({ type: 'row', row });
      return !stop.aborted;
    case 'setup':
      await send({ type: 'setup', setup: await setup(job, site) });
      return true;
    case 'conformance':
      for await (const finding of conformance(job, site, stop)) await send({ type: 'finding', finding });
      return !stop.aborted;
  }
}

async function setup({ backend }: SetupJob, { loadOptions, environment }: Site): Promise<Setup> {
  const { description } = await useBackend(backend, loadOptions);
  return { backend: description, environment };
}

/** So little that a device whose work is not waited for has soon done it. */
const littleWork = { minMs: 25, maxK: 64, maxRepeats: 1 };

/** The check of the fence has to refuse one that does not wait, where a call may return before its result is there. */
async function unfenced(backend: Backend, site: Site): Promise<Finding> {
  const about = { op: 'fence', implementation: backend.name, case: 'one that does not wait', check: 'is refused' };
  if (backend.name === 'wasm' || backend.name === 'cpu')
    return { ...about, status: 'skipped', reason: `on ${backend.name} a call has its result when it returns` };
  const none = { ...backend, fence: () => Promise.resolve() };
  const said = await checkedFence(none, () => site.now(), littleWork).then(() => 'nothing, it passed', errorLine);
  const isRefused = said.includes('the fence does not wait');
  return { ...about, status: isRefused ? 'passed' : 'failed', reason: isRefused ? '' : said };
}

/** Every demand of the conformance suite on every case, with a turn for messages after each. */
async function* conformance(job: ConformanceJob, site: Site, stop: AbortSignal): AsyncGenerator<Finding> {
  const backend = await useBackend(job.backend, site.loadOptions);
  const device = deviceWatch(backend);
  const fence = await device.during(checkedFence(backend, () => site.now()).then(() => null, errorLine));
  yield {
    ...{ op: 'fence', implementation: backend.name, case: 'twice the work', check: 'takes longer' },
    ...{ status: fence === null ? 'passed' : 'failed', reason: fence ?? '' },
  };
  yield await device.during(unfenced(backend, site));
  const items = conformanceItems(job.backend).filter(({ op }) => job.ops?.includes(op) ?? true);
  if (items.length === 0) throw new InputError(`conformance: ops, got ${String(job.ops)}, wanted some of the suite`);
  for (const { op, implementation, opCase, check, skipped } of items) {
    const about = { op, implementation, case: opCase.name, check: check.name };
    if (skipped !== undefined) {
      yield { ...about, status: 'skipped', reason: skipped };
      continue;
    }
    const failure = await device.during(check.run(opCase, implementation).then(() => null, errorLine));
    await site.nextTurn();
    device.check();
    yield { ...about, status: failure === null ? 'passed' : 'failed', reason: failure ?? '' };
    if (stop.aborted) return;
  }
}
