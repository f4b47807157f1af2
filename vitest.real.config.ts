import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The real plugins take seconds where the stand-ins take none. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/real/**/*.test.ts'],
    exclude: [],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
