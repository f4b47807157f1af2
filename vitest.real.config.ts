import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The real plugins take seconds where the stand-ins take none, minutes on a machine with other work to do; cases poll until then. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/real/**/*.test.ts'],
    exclude: [],
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
})
