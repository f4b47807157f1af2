import { describe, expect, it } from 'vitest'
import { makePostgresDatabase, noPostgres } from '../support/databases.ts'
import { seed } from '../trouble/sample.ts'
import { resultOf } from './result.ts'
import { run } from './run.ts'

/** A small one of what `npm run test:replicas` does. */
describe.skipIf(noPostgres)(`replicas on one journal${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  it(
    `die at random, seed ${seed}: nothing is lost, done twice or late, and no request fails`,
    { timeout: 240_000 },
    async () => {
      const size = { replicas: 2, workloads: 4, workers: 1, seed }
      const database = await makePostgresDatabase()
      try {
        const said: string[] = []
        const outcome = await run({
          ...size,
          seconds: 120,
          mostKills: 2,
          boundSeconds: 200,
          timeScale: 60,
          requestsPerSecond: 5,
          databaseUrl: database.url,
          say: (text) => said.push(text),
        })
        expect(outcome.faults, said.join('\n')).toEqual([])
        expect(outcome.kills.length, resultOf(outcome, size)).toBeGreaterThan(0)
        expect(outcome.takeoversMs.length).toBeGreaterThan(0)
        expect(outcome.streamMoves).toBeGreaterThan(0)
      } finally {
        await database.remove()
      }
    },
  )
})
