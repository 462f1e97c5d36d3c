import { useBackend } from '@jembench/core';
import { opSuites } from '@jembench/core/cases';
import { beforeAll, describe, it } from 'vitest';
import { conformanceItems } from './report.js';

describe.each(['wasm', 'cpu'] as const)('ops on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  for (const suite of opSuites) {
    describe(suite.op, () => {
      for (const { implementation, opCase, check, skipped } of conformanceItems(backend, [suite])) {
        const name = `${implementation}: ${opCase.name}: ${check.name}`;
        if (skipped === undefined) it(name, () => check.run(opCase, implementation));
        else it.skip(`${name} (${skipped})`);
      }
    });
  }
});
