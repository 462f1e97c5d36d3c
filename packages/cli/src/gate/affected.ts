import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HarnessError } from '@jembench/harness';
import { buildFinding } from './build-finding.js';
import { headRoot } from './checkout.js';
import { benchmarkOf } from './hosts.js';
import { trainingBenchmark } from './loaded-side.js';
import { withSides } from './measure.js';
import type { SideSetting, StartSide } from './protocol.js';
import { SideGone } from './side.js';
import { sizeNames } from './sizes.js';
import { isTraining } from './training.js';

/** Which files benchmarks are made of (`graph.mjs`). */
interface Graph {
  readonly everything: readonly string[];
  readonly training: readonly string[];
  readonly declarations: Readonly<Record<string, readonly string[]>>;
  readonly kernels: Readonly<Record<string, readonly string[]>>;
}

/** What of a gate a change can move. */
export interface Affected {
  /** Whether it can move a line, by its name. Sizes can always be moved, and cost nothing. */
  readonly moves: (line: string) => boolean;
  /** Whether there is no benchmark that it can move. */
  readonly nothing: boolean;
}

/** What everything is built with. */
const foundations = /^(package-lock\.json|package\.json|tsconfig\.base\.json|tools\/assembly\.mjs)$/;
/** How a package is built: that moves whoever has any of its files. */
const recipe = /^((?:packages|benchmarks)\/[^/]+\/)(?:package|tsconfig\.build)\.json$/;
/** What a package's embedded module is made of, where no kernel names it. */
const generator = /^(packages\/[^/]+\/)(?:assembly\/|build\.mjs$)/;

/** Kernels by benchmark, whatever its shape; null for one that does not run. */
type KernelsRun = ReadonlyMap<string, readonly string[] | null>;
const withoutShape = (benchmark: string): string => benchmark.replaceAll(/ \w+=\d+/g, '');

/** What is known of the head before anything is measured. */
export interface Sources {
  readonly graph: Graph;
  readonly run: KernelsRun;
}

/** The head's sources: what they import, and which kernels a step of each benchmark runs, at its smallest size. */
export async function headSources(start: StartSide, setting: SideSetting): Promise<Sources> {
  return { graph: await sourceGraph(), run: await kernelsRun(start, setting) };
}

/** The benchmarks that a change of these files can move. A file that nothing imports moves nothing; what cannot be looked at moves. */
export function affected(changed: readonly string[], { graph, run }: Sources): Affected {
  const lists = [
    graph.everything,
    graph.training,
    ...Object.values(graph.declarations),
    ...Object.values(graph.kernels),
  ];
  const known = new Set(lists.flat());
  const touched = (files: readonly string[]): boolean =>
    changed.some((file) => {
      const [, folder] = recipe.exec(file) ?? [];
      if (folder !== undefined) return files.some((own) => own.startsWith(folder));
      const [, made] = known.has(file) ? [] : (generator.exec(file) ?? []);
      return files.includes(made === undefined ? file : `${made}src/generated/kernels.ts`);
    });
  const all = changed.some((file) => foundations.test(file)) || touched(graph.everything);
  const kernels = new Set(Object.keys(graph.kernels).filter((name) => touched(graph.kernels[name])));
  const runs = (benchmark: string): boolean =>
    kernels.size > 0 && (run.get(withoutShape(benchmark))?.some((name) => kernels.has(name)) ?? true);
  const trained = all || touched(graph.training) || runs(trainingBenchmark);
  const declared = new Map(Object.entries(graph.declarations).map(([name, files]) => [name, all || touched(files)]));
  const moves = (line: string): boolean => {
    const benchmark = benchmarkOf(line);
    if (isTraining(benchmark)) return trained;
    return isSize(line) || (declared.get(benchmark.split(' ')[0]) ?? true) || runs(benchmark);
  };
  return { moves, nothing: !trained && ![...run.keys()].some(moves) };
}

const isSize = (line: string): boolean => sizeNames.some((name) => name === line);

async function sourceGraph(): Promise<Graph> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(headRoot, 'packages', 'cli', 'graph.mjs')], {
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout) as Graph;
  } catch (error) {
    throw new HarnessError(
      `gate: sources, got some that no graph can be made of (${buildFinding(error)}); --profile nightly takes all benchmarks`,
    );
  }
}

/** One step of every benchmark at its smallest size, in a process of the head. */
const kernelsRun = (start: StartSide, setting: SideSetting): Promise<KernelsRun> =>
  withSides([headRoot], { start, setting: { ...setting, sizes: 'smoke' } }, async ([side]) => {
    const found = new Map<string, readonly string[] | null>();
    for (const benchmark of side.description.benchmarks) {
      const kernels = await side.kernels(benchmark).catch((error: unknown) => {
        if (error instanceof SideGone) throw error;
        return null;
      });
      found.set(withoutShape(benchmark), kernels);
    }
    return found;
  });
