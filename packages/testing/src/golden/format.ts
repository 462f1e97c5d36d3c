import { InputError } from '@jembench/core';
import { z } from 'zod';
import { parseGoldenValue, type GoldenValue } from './values.js';

/** Plain JSON: `params` are options of the code under test, not tensors. */
export type GoldenParam =
  string | number | boolean | null | readonly GoldenParam[] | { readonly [name: string]: GoldenParam };

/** Where the numbers of a file come from; `notes` states every convention of the topic. */
export interface GoldenSource {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly how: string;
  readonly notes: string;
}

/** One case, with `inputs: {"ref": ...}` already followed. */
export interface GoldenCase {
  /** File and case, for messages. */
  readonly where: string;
  readonly name: string;
  readonly source: GoldenSource;
  readonly params: Readonly<Record<string, GoldenParam>>;
  readonly inputs: Readonly<Record<string, GoldenValue>>;
  readonly outputs: Readonly<Record<string, GoldenValue>>;
  readonly grads: Readonly<Record<string, GoldenValue>>;
  readonly float32Error: Readonly<Record<string, number>>;
  /** Nothing to compare: the case only holds the inputs of others. */
  readonly dataOnly: boolean;
}

export interface GoldenFile {
  /** The file's name, for messages. */
  readonly where: string;
  readonly topic: string;
  readonly source: GoldenSource;
  readonly cases: readonly GoldenCase[];
}

const paramSchema: z.ZodType<GoldenParam> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(paramSchema), z.record(z.string(), paramSchema)]),
);
// The values themselves are checked by parseGoldenValue, which is fast on a million numbers and names the one that is wrong.
const valuesSchema = z.record(z.string(), z.unknown());

const caseSchema = z.strictObject({
  name: z.string().min(1),
  params: z.record(z.string(), paramSchema),
  inputs: valuesSchema.default({}),
  outputs: valuesSchema,
  grads: valuesSchema.default({}),
  float32_error: z.record(z.string(), z.number().nonnegative()).default({}),
});

const fileSchema = z.strictObject({
  topic: z.string().min(1),
  source: z.looseObject({ repo: z.string(), commit: z.string(), path: z.string(), how: z.string(), notes: z.string() }),
  cases: z.array(caseSchema).min(1),
});

type RawCase = z.infer<typeof caseSchema>;

/**
 * Parses and checks one golden file.
 *
 * A case that takes the inputs of another also takes its params, its own ones first: the shared case holds the settings that all
 * of its users have in common (batch size and optimiser of a trajectory).
 *
 * @throws InputError for anything that is not exactly the format: a field that is missing or unknown, an array whose data does not
 *   fill its shape, a number that is not finite, two cases of one name, a `ref` to nothing or to itself.
 */
export function parseGoldenFile(text: string, where: string): GoldenFile {
  const raw = parseJson(text, where);
  const parsed = fileSchema.safeParse(raw);
  if (!parsed.success) throw new InputError(describeIssue(parsed.error.issues[0], raw, where));
  const { topic, source, cases } = parsed.data;
  const byName = new Map<string, RawCase>();
  for (const entry of cases) {
    if (byName.has(entry.name)) {
      throw new InputError(
        `${where}: case names, got "${entry.name}" twice, wanted every name once; rename one of them`,
      );
    }
    byName.set(entry.name, entry);
  }
  const values = new Map(cases.map((entry) => [entry.name, parsedInputs(entry, where)]));
  const referenced = new Set(cases.map(referenceOf));
  const resolved = cases.map((entry): GoldenCase => {
    const at = `${where} case "${entry.name}"`;
    const { params, holder } = followReference(entry, byName, at);
    const dataOnly = Object.keys(entry.outputs).length + Object.keys(entry.grads).length === 0;
    if (dataOnly && !referenced.has(entry.name)) {
      throw new InputError(`${at}: outputs, got none, wanted values to compare, or a case that refers to this one`);
    }
    return {
      where: at,
      name: entry.name,
      source,
      params,
      inputs: values.get(holder.name) ?? {},
      outputs: parseGoldenValues(entry.outputs, `${at} outputs`),
      grads: parseGoldenValues(entry.grads, `${at} grads`),
      float32Error: entry.float32_error,
      dataOnly,
    };
  });
  return { where, topic, source, cases: resolved };
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new InputError(`${where}: content, got ${(cause as Error).message}, wanted JSON; is the file complete?`, {
      cause,
    });
  }
}

function parsedInputs(entry: RawCase, where: string): Record<string, GoldenValue> {
  const at = `${where} case "${entry.name}" inputs`;
  if (referenceOf(entry) === undefined) return parseGoldenValues(entry.inputs, at);
  const others = Object.keys(entry.inputs).filter((key) => key !== 'ref');
  if (others.length > 0) {
    throw new InputError(`${at}: fields beside ref, got "${others.join('", "')}", wanted ref alone or no ref`);
  }
  return {};
}

function parseGoldenValues(raw: Record<string, unknown>, where: string): Record<string, GoldenValue> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key, parseGoldenValue(value, `${where}.${key}`)]),
  );
}

function referenceOf(entry: RawCase): string | undefined {
  return typeof entry.inputs.ref === 'string' ? entry.inputs.ref : undefined;
}

/** The case that holds the inputs, and the params of the whole chain with the nearest first. */
function followReference(
  entry: RawCase,
  byName: ReadonlyMap<string, RawCase>,
  where: string,
): { params: RawCase['params']; holder: RawCase } {
  const seen = new Set([entry.name]);
  let params = entry.params;
  let holder = entry;
  for (let name = referenceOf(entry); name !== undefined; name = referenceOf(holder)) {
    const next = byName.get(name);
    if (next === undefined) {
      throw new InputError(`${where}: inputs.ref, got "${name}", wanted the name of a case in the same file`);
    }
    if (seen.has(name)) {
      throw new InputError(
        `${where}: inputs.ref, got "${name}", which leads back here, wanted a case that holds inputs`,
      );
    }
    seen.add(name);
    params = { ...next.params, ...params };
    holder = next;
  }
  return { params, holder };
}

function describeIssue(issue: z.core.$ZodIssue, raw: unknown, where: string): string {
  const path = issue.path.map(String).join('.') || 'top level';
  if (issue.code === 'unrecognized_keys') {
    return `${where}: ${path}, got the unknown field "${issue.keys.join('", "')}", wanted only fields of the golden format`;
  }
  const got = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    raw,
  );
  const shown = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 60);
  return `${where}: ${path}, got ${shown}, wanted ${'expected' in issue ? issue.expected : issue.message}`;
}
