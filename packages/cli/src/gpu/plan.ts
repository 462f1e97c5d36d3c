import type { HostName } from '../jobs/job.js';

/** A way to compute on this machine's GPU. */
export interface Target {
  readonly host: HostName;
  readonly backend: 'webgpu' | 'tensorflow';
  /** More of a browser's arguments. */
  readonly browserArgs?: string;
}

/** Every way to be tried. Chromium without a window takes a GPU of Linux only when told (its own advice for servers). */
export const targets = (platform: NodeJS.Platform): readonly Target[] => [
  { host: 'node', backend: 'webgpu' },
  { host: 'node', backend: 'tensorflow' },
  {
    ...{ host: 'browser', backend: 'webgpu' },
    ...(platform === 'linux' && {
      browserArgs: '--enable-features=Vulkan --use-angle=vulkan --disable-vulkan-surface',
    }),
  },
];

/** What a try came to: the adapter as rows name it, or why it is left out. */
export type Tried = Target & ({ readonly adapter: string } | { readonly reason: string });

export const nameOf = ({ host, backend }: Target): string => `${host}-${backend}`;

/** The words of `jembench` that try a target: the smallest kernels, as rows. */
export const tryWords = (target: Target): string[] => [
  ...['bench', 'kernels', '--profile', 'smoke', '--json'],
  ...targetWords(target),
];

function targetWords({ host, backend, browserArgs }: Target): string[] {
  return ['--host', host, '--backend', backend, ...(browserArgs === undefined ? [] : ['--browser-args', browserArgs])];
}

/** What the rows of a try say: only an adapter in hardware, with a row that passed its check, is a GPU. */
export function judged(
  target: Target,
  rows: readonly { readonly status: string; readonly reason?: string; readonly fingerprint: Adapter }[],
  complaint: string,
): Tried {
  const passed = rows.find(({ status }) => status === 'ok');
  if (passed === undefined) {
    const reason = rows.find(({ status }) => status === 'failed')?.reason ?? complaint;
    return { ...target, reason: reason === '' ? 'it gave no rows' : reason };
  }
  const { adapter, software } = passed.fingerprint;
  return software || adapter === null
    ? { ...target, reason: `it computes on the processor (${adapter ?? 'no adapter'})` }
    : { ...target, adapter };
}

interface Adapter {
  readonly adapter: string | null;
  readonly software: boolean;
}

/** The benchmarks to be run, as words of `jembench`: kernels and training on every GPU, PyTorch beside it in Node where it has the same. */
export function planned(
  tried: readonly Tried[],
  { profile, out, torch }: { readonly profile: string; readonly out: string; readonly torch: boolean },
): string[][] {
  const found = tried.filter((each) => 'adapter' in each);
  return found.flatMap((target) =>
    ['kernels', 'training'].map((benchmark) => [
      ...['bench', benchmark, '--profile', profile, ...targetWords(target), '--out', `${out}/${nameOf(target)}`],
      ...(torch && target.host === 'node' ? ['--peers', 'pytorch', '--peer-device', 'cuda'] : []),
    ]),
  );
}

/** The folder of a machine below `results`: the date, and its GPU in small letters. */
export function machineFolder(adapter: string, date: Date): string {
  const words = adapter.toLowerCase().match(/[a-z0-9]+/g) ?? ['gpu'];
  return `${date.toISOString().slice(0, 10)}-${words.slice(0, 6).join('-')}`;
}

/** What stands beside the rows: what ran on what, and the command of each. */
export function readme(
  tried: readonly Tried[],
  runs: readonly { readonly command: string; readonly code: number }[],
): string {
  const lines = tried.map(
    (each) => `| ${nameOf(each)} | ${'adapter' in each ? each.adapter : `none: ${each.reason}`} |`,
  );
  return [
    ...['# GPU', '', 'Written by `npm run bench:gpu`. Products are those of float32, TF32 is off.', ''],
    ...['| | adapter |', '| --- | --- |', ...lines, '', '| command | exit code |', '| --- | --- |'],
    ...runs.map(({ command, code }) => `| \`${command}\` | ${code} |`),
    '',
  ].join('\n');
}
