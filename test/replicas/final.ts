import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { AnyReplica } from './any-replica.ts'
import { goalOf, type Journey } from './journeys.ts'

export interface End {
  readonly client: AnyReplica
  readonly journal: pg.Pool
  readonly journeys: readonly Journey[]
  readonly accepted: ReadonlySet<string>
  readonly signal: AbortSignal
}

/** How long the last operations may take to be let go, and AWS to be read once more. Milliseconds. */
const patienceMs = 30_000

/** Everything has ended: no operation is active, lost or somebody's, no lock of Pulumi's is left, traffic is where it was asked for. */
export async function faultsInEnd(end: End): Promise<string[]> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const faults = (await Promise.all([unended(end), lost(end), locks(end), astray(end)])).flat()
    if (faults.length === 0 || Date.now() > deadline || end.signal.aborted) return faults
    await sleep(500)
  }
}

async function unended({ journal }: End): Promise<string[]> {
  const query = `select id, state, owner from operations where state in ('queued', 'running') or owner is not null`
  const { rows } = await journal.query<{ id: string; state: string; owner: string | null }>(query)
  return rows.map(({ id, state, owner }) => `${id} is ${state}${owner ? ` and ${owner}'s` : ''} in the end`)
}

async function lost({ journal, accepted }: End): Promise<string[]> {
  const { rows } = await journal.query<{ id: string }>('select id from operations')
  const known = new Set(rows.map(({ id }) => id))
  return [...accepted].filter((id) => !known.has(id)).map((id) => `${id} was accepted and is not in the journal`)
}

async function locks({ journal }: End): Promise<string[]> {
  const { rows } = await journal.query<{ key: string }>(`select key from pulumi_state where key like '%/locks/%'`)
  return rows.map(({ key }) => `Pulumi's lock ${key} is left`)
}

async function astray({ client, journeys, signal }: End): Promise<string[]> {
  const faults = await Promise.all(
    journeys.map(async (journey) => {
      if (signal.aborted) return []
      const { phase, split } = await client.workload(journey.migration, journey.workload)
      const green = goalOf(journey) === 'soaking' ? 100 : 0
      if (phase === goalOf(journey) && split.observed?.green === green) return []
      return [`${journey.migration}/${journey.workload} is ${phase}, green has ${split.observed?.green ?? 'no'} %`]
    }),
  )
  return faults.flat()
}
