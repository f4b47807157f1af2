import { defineConfig } from 'vitest/config'

/** Trouble takes a quiet machine and an hour for a member of many writes; `npm run test:faults` makes it. */
const trouble = process.env['CUTOVER_TROUBLE'] === undefined ? ['test/trouble/**'] : []

/** Of the deaths at stop points a sample of one member; `npm run test:crash` has them all. */
const crashes = process.env['CUTOVER_CRASH'] === undefined ? ['test/crash/members/!(alb-rule).test.ts'] : []

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', ...trouble, ...crashes],
    pool: 'forks',
    // one more than the cores of a small machine: much of the slow tests is waiting
    maxWorkers: 3,
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/leaks.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
})
