import { InputError, type BackendName } from '@jembench/core';
import { encoders, methods, type Method, type MethodName } from '@jembench/trainers';
import { knownName, nearest } from '../parse/nearest.js';
import type { Shard } from '../parse/numbers.js';
import { trainerOf, type DatasetSpec, type HostName, type RunSpec } from '../jobs/job.js';
import { controls } from './controls.js';

/** The methods of the command line: those of the trainers, and the images themselves as features. */
export const methodNames: readonly string[] = [...Object.keys(methods), 'raw-pixels'];

/** What the command line asks of a suite, defaults filled in. */
export interface SuiteRequest {
  readonly hosts: readonly HostName[];
  readonly methods: readonly string[];
  /** A host that trains only some of them, and no controls. */
  readonly only?: Partial<Record<HostName, readonly string[]>>;
  readonly controls: boolean;
  readonly dataset: DatasetSpec;
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** Null takes each method's own. */
  readonly encoder: string | null;
  readonly backend: BackendName;
  readonly settings: readonly Setting[];
}

/** `--set key=value`, or `--set method.key=value` for one method. */
export interface Setting {
  readonly method: string | null;
  readonly key: string;
  readonly value: string;
}

export function settingOf(typed: string): Setting {
  const match = /^(?:([a-z][\w-]*)\.)?([A-Za-z]\w*)=(.*)$/s.exec(typed);
  if (match === null || match[3] === '') {
    throw new InputError(
      `--set: setting, got "${typed}", wanted key=value or method.key=value, such as vicreg.variance=10`,
    );
  }
  const method = match[1] === undefined ? null : knownName('--set', 'method', match[1], methodNames);
  return { method, key: match[2], value: match[3] };
}

/** What the trainers know of a method. */
const definitionOf = (method: string): Method => methods[trainerOf(method).method as MethodName];

const isTrained = (method: string): boolean => definitionOf(method).loss !== undefined;

/** Every run of a suite, in the order of its table: host by host, method by method, seed by seed, then the controls. */
export function plannedRuns(request: SuiteRequest): RunSpec[] {
  checkSettings(request);
  return request.hosts.flatMap((host) => {
    const only = request.only?.[host];
    return runsOn(host, only === undefined ? request : { ...request, methods: only, controls: false });
  });
}

function runsOn(host: HostName, request: SuiteRequest): RunSpec[] {
  const chosen: { method: string; control: string | null; options: RunSpec['options'] }[] = request.methods.map(
    (method) => ({
      method,
      control: null,
      options: {},
    }),
  );
  if (request.controls) {
    for (const { name, method, options } of controls) chosen.push({ method, control: name, options });
  }
  return chosen.flatMap(({ method, control, options }) =>
    encodersOf(method, request).flatMap((encoder) =>
      seedsOf(method, request).map((seed) => ({
        host,
        method,
        control,
        options: { ...settingsFor(method, request.settings), ...options },
        dataset: request.dataset,
        encoder,
        seed,
        epochs: isTrained(method) ? request.epochs : 0,
        batch: request.batch,
        backend: request.backend,
      })),
    ),
  );
}

/** A method's encoder; `random` once for each encoder that the other methods use, so that all have something to compare with. */
function encodersOf(method: string, request: SuiteRequest): string[] {
  const own = (name: string): string =>
    trainerOf(name).encoder ?? request.encoder ?? definitionOf(name).encoder ?? 'convnet';
  if (method !== 'random') return [own(method)];
  const others = request.methods.filter((other) => isTrained(other)).map(own);
  return [...new Set([own('random'), ...others])];
}

/** Pixels know no seed. */
const seedsOf = (method: string, request: SuiteRequest): readonly number[] =>
  method === 'raw-pixels' ? request.seeds.slice(0, 1) : request.seeds;

function settingsFor(method: string, settings: readonly Setting[]): Record<string, string> {
  const known = definitionOf(method).options;
  const chosen = settings.filter((setting) =>
    setting.method === null ? Object.hasOwn(known, setting.key) : setting.method === method,
  );
  return Object.fromEntries(chosen.map(({ key, value }) => [key, value]));
}

/** Every setting must mean something to a method of the suite. */
function checkSettings({ methods: chosen, settings }: SuiteRequest): void {
  for (const { method, key } of settings) {
    if (method !== null && !chosen.includes(method)) {
      throw new InputError(
        `--set ${method}.${key}: method, got one that does not run here, wanted one of ${chosen.join(', ')}`,
      );
    }
    const candidates = method === null ? chosen : [method];
    const known = [...new Set(candidates.flatMap((name) => Object.keys(definitionOf(name).options)))];
    if (known.includes(key)) continue;
    const guess = nearest(key, known);
    throw new InputError(
      `--set ${key}: option of ${candidates.join(', ')}, got "${key}", wanted one of ${known.sort().join(', ')}` +
        (guess === null ? '' : `; did you mean ${guess}?`),
    );
  }
}

/** An encoder of the table, or a user's model.json. */
export function encoderName(typed: string): string {
  return typed.endsWith('.json') ? typed : knownName('--encoder', 'encoder', typed, Object.keys(encoders));
}

/** Every n-th run, from the i-th on: all shards together are the suite, none twice. */
export const shardedRuns = (runs: readonly RunSpec[], { index, count }: Shard): RunSpec[] =>
  runs.filter((_, i) => i % count === index - 1);

/**
 * What a step costs with an encoder and the views that its methods take, roughly, relative to two views of `convnet`; an unknown one (a
 * user's file) counts as large.
 */
const encoderCost: Readonly<Record<string, number>> = { pixels: 0, convnet: 1, vit: 3, resnet18: 40 };
/** Methods that see one view where the others of their encoder see two. */
const methodCost: Readonly<Record<string, number>> = { supervised: 0.5 };

/**
 * How long a run will take, in no particular unit: the long ones are started first, so that none of them is alone at the end.
 */
export const expectedCost = ({ encoder, method, epochs }: RunSpec): number =>
  epochs * (encoderCost[encoder] ?? 40) * (methodCost[method] ?? 1);
