import { defineConfig } from 'vitest/config';

// Packages are tested from their sources: the condition below is the first entry of every package's `exports`.
const conditions = ['@jembench/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['src/**/*.test.ts'],
    pool: 'forks',
    // tools/test.mjs adds these up; the file belongs to the project, so Nx restores it from its cache.
    reporters: ['default', ['json', { outputFile: '.reports/vitest.json' }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
