import { useBackend, type BackendName, type Implementation } from '@jembench/core';
import { opSuites, type OpCase, type OpSuite } from '@jembench/core/cases';
import { conformanceChecks, type ConformanceCheck } from './checks.js';

/** One demand on one case of one implementation of one op. */
export interface ConformanceItem {
  readonly op: string;
  readonly implementation: Implementation;
  readonly opCase: OpCase;
  readonly check: ConformanceCheck;
  /** Why it cannot be asked on this backend; absent where it can. */
  readonly skipped?: string;
}

/** Everything that is asked of a backend, what cannot be asked included. */
export function conformanceItems(backend: BackendName, suites: readonly OpSuite[] = opSuites): ConformanceItem[] {
  return suites.flatMap(({ op, implementations, cases }) =>
    implementations.flatMap((implementation) => {
      const skipped =
        implementation === 'composed' || implementation === backend
          ? undefined
          : `the ${implementation} implementation needs the ${implementation} backend`;
      return cases.flatMap((opCase) =>
        conformanceChecks.map((check) => ({ op, implementation, opCase, check, skipped })),
      );
    }),
  );
}

export interface ConformanceRow {
  readonly backend: BackendName;
  readonly op: string;
  readonly implementation: Implementation;
  readonly case: string;
  readonly check: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what is wrong; empty for what passed. */
  readonly reason: string;
}

/** The support table of a backend: loads it and asks everything, a row each. */
export async function* conformanceReport(
  backend: BackendName,
  suites: readonly OpSuite[] = opSuites,
): AsyncGenerator<ConformanceRow> {
  await useBackend(backend);
  for (const { op, implementation, opCase, check, skipped } of conformanceItems(backend, suites)) {
    const row = { backend, op, implementation, case: opCase.name, check: check.name };
    if (skipped !== undefined) {
      yield { ...row, status: 'skipped', reason: skipped };
      continue;
    }
    try {
      await check.run(opCase, implementation);
      yield { ...row, status: 'passed', reason: '' };
    } catch (error) {
      yield { ...row, status: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
