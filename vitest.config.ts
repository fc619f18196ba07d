import { defineConfig } from 'vitest/config';

/** No bar of speed: long enough for a machine with much else to do. How fast something is, is for the bench to say. */
const POLL = { poll: { timeout: 25_000 } };

/** Three suites by what they stand on; `npm test` runs them all, `pnpm check` the first. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,services,infra}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.int.test.ts', '**/*.e2e.test.ts'],
          testTimeout: 60_000,
          expect: POLL,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,services,infra}/**/*.int.test.ts'],
          globalSetup: ['packages/testing/src/infra-global-setup.ts'],
          testTimeout: 90_000,
          expect: POLL,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['packages/e2e/src/**/*.e2e.test.ts'],
          globalSetup: ['packages/e2e/src/system-global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: POLL,
          fileParallelism: false,
        },
      },
    ],
  },
});
