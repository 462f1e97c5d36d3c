import XMLBuilder from 'fast-xml-builder';
import { rowNames } from '../rows/name.js';
import type { Row } from '../rows/schema.js';

/** How a row stands in a test report. */
type Outcome =
  | { readonly result: 'passed' }
  | { readonly result: 'failure' | 'error' | 'skipped'; readonly type: string; readonly message: string };

/** A row that failed is an error (nothing was measured), a measurement that says no is a failure, one that cannot say is skipped. */
function outcomeOf(row: Row): Outcome {
  if (row.status === 'failed') return { result: 'error', type: 'failed', message: row.reason ?? 'failed' };
  if (row.status === 'skipped') return { result: 'skipped', type: 'skipped', message: row.reason ?? 'skipped' };
  if (row.kind === 'training' && row.verdict === 'diverged')
    return failure('diverged', 'a loss or weight is not finite');
  if (row.kind === 'training' && row.control === undefined && row.verdict !== 'healthy') {
    return failure(row.verdict ?? 'no verdict', `collapsed: ${row.verdict ?? 'no verdict'}`);
  }
  if (row.kind === 'claim' && row.verdict === 'contradicted') return failure('contradicted', row.statement);
  if (row.kind === 'claim' && row.verdict === 'inconclusive') {
    return { result: 'skipped', type: 'inconclusive', message: `inconclusive: ${row.statement}` };
  }
  if (row.kind === 'gate') return ofGate(row);
  return { result: 'passed' };
}

const failure = (type: string, message: string): Outcome => ({ result: 'failure', type, message });

function ofGate(row: Extract<Row, { kind: 'gate' }>): Outcome {
  const { verdict, reason } = row;
  const message = reason ?? `effect ${String(row.effect)}, allowed ${String(row.allowed)}`;
  if (verdict === 'fail' || verdict === 'noisy' || verdict === 'inconclusive') return failure(verdict, message);
  return verdict === 'neutral' ? { result: 'skipped', type: verdict, message } : { result: 'passed' };
}

/** Whether XML 1.0 can hold a character; the others cannot even be escaped. */
function allowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

/** An attribute's value: without forbidden characters, in one line, since line ends would be read as blanks. */
const attribute = (text: string): string =>
  Array.from(text, (character) => (allowed(character) ? character : '\ufffd'))
    .join('')
    .replace(/\s*\r?\n\s*/g, ' ');

/** Seconds that a row's measurement took as JUnit understands time; a timing is its own time, a speed that of its images. */
function seconds(row: Row): string {
  if (row.kind === 'augmentation' && row.shape?.N !== undefined && row.imagesPerSecond !== null)
    return (row.shape.N / row.imagesPerSecond).toFixed(6);
  return typeof row.ms === 'number' ? (row.ms / 1000).toFixed(6) : '0';
}

/**
 * The rows as JUnit XML, as Jenkins, GitLab and the test reporters of GitHub read it: a suite a kind of row, a test case a row.
 *
 * `command` and the verdict stand in `system-out`, so that a reader of the report can run the row again.
 */
export function junitXml(rows: readonly Row[], name = 'jembench'): string {
  const names = rowNames(rows);
  const cases = rows.map((row, i) => ({ row, name: names[i], outcome: outcomeOf(row) }));
  const count = (some: typeof cases, result: Outcome['result']): number =>
    some.filter(({ outcome }) => outcome.result === result).length;
  const counts = (some: typeof cases) => ({
    '@_tests': some.length,
    '@_failures': count(some, 'failure'),
    '@_errors': count(some, 'error'),
  });
  const time = (some: typeof cases): string => some.reduce((sum, { row }) => sum + Number(seconds(row)), 0).toFixed(6);
  const suites = [...new Set(rows.map((row) => row.kind))].map((kind) => {
    const own = cases.filter(({ row }) => row.kind === kind);
    return {
      '@_name': `${name} ${kind}`,
      ...counts(own),
      '@_skipped': count(own, 'skipped'),
      '@_time': time(own),
      testcase: own.map((one) => testcase(one, `${name}.${kind}`)),
    };
  });
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const document = {
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { '@_name': name, ...counts(cases), '@_time': time(cases), testsuite: suites },
  };
  return builder.build(document);
}

function testcase({ row, name, outcome }: { row: Row; name: string; outcome: Outcome }, classname: string): object {
  return {
    '@_name': attribute(name),
    '@_classname': attribute(classname),
    '@_time': seconds(row),
    ...(outcome.result === 'skipped' && { skipped: { '@_message': attribute(outcome.message) } }),
    ...((outcome.result === 'failure' || outcome.result === 'error') && {
      [outcome.result]: { '@_message': attribute(outcome.message), '@_type': attribute(outcome.type) },
    }),
    'system-out': attribute(`commit ${row.commit}; again with: ${row.command}`),
  };
}
