import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Fleet, Replica } from './fleet.ts'
import type { MovingStream } from './moving-stream.ts'

/** One replica that was killed with -9. */
export interface Kill {
  readonly name: string
  /** As the journal knows it. */
  readonly replica: string
  /** Wall clock, milliseconds: it was dead by then. */
  readonly at: number
  /** What it had under way. */
  readonly operations: readonly string[]
}

export interface KillPlan {
  readonly fleet: Fleet
  readonly journal: pg.Pool
  readonly stream: MovingStream
  readonly random: () => number
  /** No kill begins after it. */
  readonly over: AbortSignal
  /** As many as this, if there is time. */
  readonly most: number
  readonly say: (text: string) => void
}

/** Milliseconds between two kills, and until one that was killed starts again. */
const between = { least: 3_000, most: 12_000 }
const away = { least: 2_000, most: 10_000 }
/** How long a kill waits for its victim to have something under way. Milliseconds. */
const patienceMs = 20_000

/** Kills a replica now and then, never the last one that is up, and starts it again. Resolves when all are up again. */
export async function killNowAndThen(plan: KillPlan): Promise<Kill[]> {
  const { fleet, random, over, most, say } = plan
  const kills: Kill[] = []
  const returns: Promise<void>[] = []
  while (!over.aborted && kills.length < most) {
    await pause(between, random, over)
    const victim = await victimOf(plan, kills.length === 0)
    if (!victim) continue
    const kill = await killOne(plan, victim)
    kills.push(kill)
    say(`${kill.name} is killed with ${kill.operations.length} operations under way`)
    returns.push(pause(away, random, over).then(() => fleet.startAgain(victim)))
  }
  await Promise.all(returns)
  return kills
}

/** Of those that have something under way; the first is the one whose stream is read. null: none has, or one has to stay. */
async function victimOf({ fleet, journal, stream, random, over }: KillPlan, first: boolean): Promise<Replica | null> {
  const deadline = Date.now() + patienceMs
  while (fleet.up.length > 1 && Date.now() < deadline && !over.aborted) {
    const all = await Promise.all(fleet.up.map(async (one) => ({ one, busy: await isBusy(journal, one) })))
    const busy = all.flatMap(({ one, busy }) => (busy && (!first || one === stream.from) ? [one] : []))
    const drawn = busy[Math.floor(random() * busy.length)]
    if (drawn) return drawn
    await sleep(100)
  }
  return null
}

const isBusy = async (journal: pg.Pool, replica: Replica): Promise<boolean> =>
  (await operationsOf(journal, await idOf(journal, replica))).length > 0

async function killOne({ fleet, journal }: KillPlan, victim: Replica): Promise<Kill> {
  const replica = await idOf(journal, victim)
  await fleet.kill(victim)
  const at = Date.now()
  return { name: victim.name, replica, at, operations: await operationsOf(journal, replica) }
}

/** The newest with its process: a number may have been another's before. */
async function idOf(journal: pg.Pool, { process: { pid } }: Replica): Promise<string> {
  const query = 'select id from replicas where pid = $1 order by since desc limit 1'
  const { rows } = await journal.query<{ id: string }>(query, [pid])
  const [row] = rows
  if (!row) throw new Error(`no replica in the journal is process ${pid}`)
  return row.id
}

async function operationsOf(journal: pg.Pool, replica: string): Promise<string[]> {
  const query = `select id from operations where owner = $1 and state = 'running' order by seq`
  return (await journal.query<{ id: string }>(query, [replica])).rows.map(({ id }) => id)
}

async function pause(range: typeof between, random: () => number, over: AbortSignal): Promise<void> {
  const ms = range.least + random() * (range.most - range.least)
  await sleep(ms, null, { signal: over }).catch(() => undefined)
}
